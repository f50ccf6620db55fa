/** Plans a session: for whom, when, by which plan and with which sensor. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { columnOf } from "../shared/entity.ts";
import { FormField } from "../shared/form-field.tsx";
import { ReferenceField } from "../shared/reference-field.tsx";
import { useMay } from "../shared/rights.ts";
import { useChoices } from "./schedule-choices.ts";
import type { Choice } from "./schedule-choices.ts";
import { useScheduling } from "./scheduling.ts";
import type { Draft, Scheduling } from "./scheduling.ts";

export interface ScheduleDialogProps {
  readonly onClose: () => void;
  readonly onPlanned: () => void;
}

export function ScheduleDialog({ onClose, onPlanned }: ScheduleDialogProps): JSX.Element {
  const scheduling = useScheduling(onPlanned);
  const { busy, error, submit } = scheduling;
  const form = useId();
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
      <form class="form" id={form} noValidate onSubmit={submit}>
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
        <Fields scheduling={scheduling} />
      </form>
    </Dialog>
  );
}

function Fields({ scheduling: { draft, put, asks } }: { scheduling: Scheduling }): JSX.Element {
  const may = useMay();
  const { patient_id, plan_id, exercise_id, device_id } = draft;
  const { plans, exercises, sensors } = useChoices(patient_id || null, plan_id || null);
  const field = (name: keyof Draft, label?: string, hint?: string): JSX.Element => (
    <TextField name={name} label={label} hint={hint} value={draft[name]} onValue={(text) => put({ [name]: text })} />
  );
  return (
    <div class="form__fields">
      <div class="field">
        <ReferenceField
          table="patients"
          label="Patient"
          value={patient_id || null}
          required
          onValue={(id) => put({ patient_id: id ?? "", plan_id: "", exercise_id: "", device_id: "" })}
        />
      </div>
      {asks("therapist_id") && (
        <div class="field">
          <ReferenceField
            table="doctors"
            label="Therapist"
            value={draft.therapist_id || null}
            required
            onValue={(id) => put({ therapist_id: id ?? "" })}
          />
        </div>
      )}
      {field("scheduled_at")}
      {field("duration_min")}
      {asks("plan_id") && (
        <ChoiceField
          label="By the plan"
          none="Without a plan"
          choices={plans}
          value={plan_id}
          onValue={(id) => put({ plan_id: id, exercise_id: "" })}
        />
      )}
      {plan_id === "" ? (
        asks("joint") && field("joint", "Joint")
      ) : (
        <ChoiceField
          label="Exercise"
          none="All that are due"
          choices={exercises}
          value={exercise_id}
          onValue={(id) => put({ exercise_id: id })}
        />
      )}
      {may.read("devices") && (
        <ChoiceField label="Sensor" none="None" choices={sensors} value={device_id} onValue={(id) => put({ device_id: id })} />
      )}
      {exercise_id === "" && asks("target_angle") && field("target_angle", "Target angle, degrees", "From the anatomical position.")}
      {exercise_id === "" && asks("target_reps") && field("target_reps", "Repetitions", "That reach the target.")}
    </div>
  );
}

interface TextFieldProps {
  readonly name: keyof Draft;
  readonly label: string | undefined;
  readonly hint: string | undefined;
  readonly value: string;
  readonly onValue: (text: string) => void;
}

function TextField({ name, ...field }: TextFieldProps): JSX.Element | null {
  const column = columnOf("physio_sessions", name);
  if (column === null) return null;
  return <FormField column={column} required={column.create === "must"} complaint={null} {...field} />;
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly none: string;
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly onValue: (id: string) => void;
}

function ChoiceField({ label, none, choices, value, onValue }: ChoiceFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>
        {label} <span class="field__optional">(optional)</span>
      </span>
      <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
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
