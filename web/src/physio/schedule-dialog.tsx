/** Plans a session: for whom, when, by which plan and with which sensor. */

import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { columnOf } from "../shared/entity.ts";
import { toLocalInput } from "../shared/field-values.ts";
import { FormField } from "../shared/form-field.tsx";
import { create, newKey } from "../shared/http.ts";
import { explainProblem } from "../shared/problems.tsx";
import { ReferenceField } from "../shared/reference-field.tsx";
import { useMay } from "../shared/rights.ts";
import { navigate } from "../shared/router.ts";
import { toast } from "../shared/toast.tsx";
import { sayMoment } from "../shared/words.ts";
import { useChoices } from "./schedule-choices.ts";
import type { Choice } from "./schedule-choices.ts";
import { SESSIONS } from "./session-api.ts";
import type { PhysioSession } from "./session-api.ts";

export interface ScheduleDialogProps {
  readonly onClose: () => void;
  readonly onPlanned: () => void;
}

const TEXTS = ["scheduled_at", "duration_min", "joint", "target_angle", "target_reps"] as const;
type Texts = Readonly<Record<(typeof TEXTS)[number], string>>;

/** What the hub is sent: only what somebody has said. */
function bodyOf(chosen: Readonly<Record<string, string | null>>, texts: Texts): Record<string, unknown> {
  const said = Object.entries(chosen).filter(([, value]) => value !== null);
  const number = (text: string): number | null => (text.trim() === "" ? null : Number(text));
  const rest = {
    scheduled_at: new Date(texts.scheduled_at).toISOString(),
    duration_min: number(texts.duration_min),
    joint: texts.joint === "" ? null : texts.joint,
    target_angle: number(texts.target_angle),
    target_reps: number(texts.target_reps),
  };
  return { ...Object.fromEntries(said), ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) };
}

export function ScheduleDialog({ onClose, onPlanned }: ScheduleDialogProps): JSX.Element {
  const may = useMay();
  const [patient, setPatient] = useState<string | null>(null);
  const [plan, setPlan] = useState<string | null>(null);
  const [exercise, setExercise] = useState<string | null>(null);
  const [device, setDevice] = useState<string | null>(null);
  const [texts, setTexts] = useState<Texts>({
    ...{ scheduled_at: toLocalInput(new Date().toISOString()), duration_min: "30" },
    ...{ joint: "", target_angle: "", target_reps: "" },
  });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const key = useRef(newKey());
  const form = useId();
  const { plans, exercises, sensors } = useChoices(patient, plan);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (patient === null) return setError("Choose the patient.");
    if (Number.isNaN(Date.parse(texts.scheduled_at))) return setError("Write a day and a time.");
    setBusy(true);
    setError(null);
    const chosen = { patient_id: patient, plan_id: plan, exercise_id: exercise };
    const body = { ...bodyOf(chosen, texts), ...(device === null ? {} : { device_id: Number(device) }) };
    const allowed = may.table("physio_sessions").create;
    try {
      const sent = Object.fromEntries(Object.entries(body).filter(([name]) => allowed.includes(name)));
      const { body: made } = await create<PhysioSession>(SESSIONS, sent, key.current);
      toast(`Planned for ${sayMoment(made.scheduled_at)}.`);
      onPlanned();
      void navigate(`/physio/sessions/${made.id}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      key.current = newKey();
      setError(explainProblem(problem));
      setBusy(false);
    }
    return undefined;
  };
  const field = (name: keyof Texts, label?: string, hint?: string): JSX.Element | null => {
    const column = columnOf("physio_sessions", name);
    if (column === null) return null;
    return (
      <FormField
        column={column}
        label={label}
        hint={hint}
        value={texts[name]}
        required={column.create === "must"}
        complaint={null}
        onValue={(text) => setTexts((before) => ({ ...before, [name]: text }))}
      />
    );
  };
  return (
    <Dialog
      title="Plan a session"
      busy={busy}
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" disabled={busy} onClick={onClose}>
            Cancel
          </button>
          <button class="button button--primary" type="submit" form={form} disabled={busy}>
            Plan it
          </button>
        </>
      }
    >
      <form class="form" id={form} noValidate onSubmit={(event) => void submit(event)}>
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
        <div class="form__fields">
          <div class="field">
            <ReferenceField
              table="patients"
              label="Patient"
              value={patient}
              required
              onValue={(id) => {
                setPatient(id);
                setPlan(null);
                setExercise(null);
                setDevice(null);
              }}
            />
          </div>
          {field("scheduled_at")}
          {field("duration_min")}
          <ChoiceField label="By the plan" none="Without a plan" choices={plans} value={plan} onValue={setPlan} />
          {plan !== null && (
            <ChoiceField label="Exercise" none="All that are due" choices={exercises} value={exercise} onValue={setExercise} />
          )}
          {plan === null && field("joint", "Joint")}
          <ChoiceField label="Sensor" none="None" choices={sensors} value={device} onValue={setDevice} />
          {exercise === null && field("target_angle", "Target angle, degrees", "From the anatomical position.")}
          {exercise === null && field("target_reps", "Repetitions", "That reach the target.")}
        </div>
      </form>
    </Dialog>
  );
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly none: string;
  readonly choices: readonly Choice[];
  readonly value: string | null;
  readonly onValue: (id: string | null) => void;
}

function ChoiceField({ label, none, choices, value, onValue }: ChoiceFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>
        {label} <span class="field__optional">(optional)</span>
      </span>
      <select value={value ?? ""} onChange={(event) => onValue(event.currentTarget.value || null)}>
        <option value="">{none}</option>
        {choices.map(({ id, words }) => (
          <option key={id} value={id}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
