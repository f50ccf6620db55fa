/** Adds an exercise, on several days at once if wanted, or changes one. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { DaysField } from "../doctors/days-field.tsx";
import { normOf } from "../physio/joints.ts";
import { sayDegrees } from "../physio/repetition.ts";
import { attempt } from "../shared/attempt.ts";
import { DeedButton } from "../shared/deed-button.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { change, create, remove } from "../shared/http.ts";
import type { Row } from "../shared/http.ts";
import { RecordForm } from "../shared/record-form.tsx";
import { useMay } from "../shared/rights.ts";
import { toast } from "../shared/toast.tsx";
import type { Plan, PlanExercise } from "./plan.ts";

export interface ExerciseDialogProps {
  readonly plan: Plan;
  /** What is changed; null for a new one. */
  readonly exercise: PlanExercise | null;
  /** ISO weekday that is chosen at first. */
  readonly day: number;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

const NEW = ["name", "target_reps", "sets", "target_angle", "hold_s", "instructions", "media_url"] as const;
const LABELS = {
  name: "What to do",
  target_reps: "Repetitions a day",
  sets: "In how many sets",
  target_angle: "Target angle, degrees",
  hold_s: "Hold, seconds",
  media_url: "Picture or video",
  last_day: "Last day",
};
const TABLE = "plan_exercises";

export function ExerciseDialog(props: ExerciseDialogProps): JSX.Element {
  const { plan, exercise, day, onSaved, onClose } = props;
  const [days, setDays] = useState<readonly number[]>([day]);
  const norm = normOf(plan.joint);
  const hints = {
    target_reps: "Of the whole day, over all sets.",
    target_angle: `From the anatomical position; empty: every repetition counts.${norm === null ? "" : ` Usual: ${sayDegrees(norm[0])} to ${sayDegrees(norm[1])}.`}`,
    hold_s: "How long each one is held at the target; 0: not at all.",
    instructions: "In words that the patient understands.",
    media_url: "A link that begins with https://",
    last_day: "Empty: as long as the plan.",
  };
  const [first, ...others] = days;
  /** The same on the other days that were chosen. */
  const onOtherDays = async (row: Row): Promise<void> => {
    const same = Object.fromEntries(NEW.map((name) => [name, row[name]]).filter(([, value]) => value !== null && value !== undefined));
    for (const weekday of others) await create(`/${TABLE}`, { ...same, plan_id: plan.id, day_of_week: weekday });
  };
  const onMade = async (row: Row): Promise<void> => {
    if (await attempt(() => onOtherDays(row))) toast(days.length > 1 ? `Added on ${days.length} days.` : "Added.");
    onSaved();
  };
  const undo = async (before: Readonly<Record<string, unknown>>): Promise<void> => {
    if (await attempt(() => change(`/${TABLE}/${exercise?.id ?? ""}`, { ...before, day_of_week: day }, null))) toast("It is as it was.");
    onSaved();
  };
  return (
    <Dialog title={exercise === null ? "Add an exercise" : "Change the exercise"} onClose={onClose}>
      <RecordForm
        table={TABLE}
        row={exercise}
        fields={exercise === null ? NEW : [...NEW, "last_day"]}
        labels={LABELS}
        hints={hints}
        given={{ target_reps: "10", sets: "1", hold_s: "0" }}
        fixed={exercise === null ? { plan_id: plan.id, day_of_week: first } : days[0] === day ? {} : { day_of_week: days[0] }}
        deed={exercise === null ? "Add" : "Save"}
        onCancel={onClose}
        onSaved={(row, _, before) => {
          if (exercise === null) return void onMade(row);
          toast("Saved. Days that are past keep what they asked for.", () => void undo(before));
          return onSaved();
        }}
      >
        <DaysField days={days} several={exercise === null} onDays={(chosen) => chosen.length > 0 && setDays(chosen)} />
      </RecordForm>
      {exercise !== null && <Removal plan={plan} exercise={exercise} onRemoved={onSaved} />}
    </Dialog>
  );
}

/** Only out of a draft: what an active plan asked for is part of the record. */
function Removal({ plan, exercise, onRemoved }: { plan: Plan; exercise: PlanExercise; onRemoved: () => void }): JSX.Element | null {
  const may = useMay();
  if (!may.remove(TABLE)) return null;
  if (plan.status !== "draft") return <p class="quiet">To end one exercise of an active plan, give it a last day.</p>;
  return (
    <p>
      <DeedButton
        label="Remove it…"
        title={`Remove ${exercise.name}?`}
        deed="Remove it"
        danger
        onConfirm={async () => {
          await remove(`/${TABLE}/${exercise.id}`);
          onRemoved();
        }}
      >
        <p>On this weekday only.</p>
      </DeedButton>
    </p>
  );
}
