/** Adds a weekly window, on several days at once if wanted, or changes one. */

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { change, create } from "../shared/http.ts";
import { explainProblem } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { DaysField } from "./days-field.tsx";
import { DAYS, overlapping, sayWindow } from "./week.ts";
import type { Window } from "./week.ts";

/** What is being drawn up. */
export interface Draft {
  readonly day: number;
  readonly start: string;
  readonly end: string;
  /** The one that is changed; null for a new one. */
  readonly window: Window | null;
}

export interface WindowDialogProps {
  readonly doctor: string;
  readonly facility: string;
  readonly draft: Draft;
  readonly windows: readonly Window[];
  readonly onRemove: (window: Window) => void;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

export function WindowDialog(props: WindowDialogProps): JSX.Element {
  const { doctor, facility, draft, windows, onRemove, onSaved, onClose } = props;
  const rights = useMay().table("doctor_schedules");
  const [days, setDays] = useState<readonly number[]>([draft.day]);
  const [start, setStart] = useState(draft.start);
  const [end, setEnd] = useState(draft.end);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const form = useId();
  const old = draft.window;
  const hours = { start_time: `${start}:00`, end_time: `${end}:00` };
  const clashes = days.flatMap((day) => overlapping(windows, day, hours, old?.id ?? null));

  const send = async (): Promise<void> => {
    if (old !== null) {
      await change(`/doctor_schedules/${old.id}`, { ...hours, day_of_week: days[0] }, null);
      return;
    }
    for (const day of days) {
      const whole: Record<string, unknown> = { doctor_id: doctor, facility_id: facility, day_of_week: day, ...hours };
      // whose it is and where follows from who asks, for those who cannot choose it
      const body = Object.entries(whole).filter(([name]) => rights.create.includes(name));
      await create("/doctor_schedules", Object.fromEntries(body));
    }
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const complaint = days.length === 0 ? "Choose a day." : start === end ? "A window has a length." : null;
    setError(complaint);
    if (complaint !== null) return;
    setBusy(true);
    try {
      await send();
      onSaved();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setError(explainProblem(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={old === null ? "Add hours" : "Change hours"}
      size="small"
      busy={busy}
      onClose={onClose}
      foot={
        <>
          {old !== null && rights.remove && (
            <button class="button button--danger-quiet" type="button" disabled={busy} onClick={() => onRemove(old)}>
              Remove
            </button>
          )}
          <button class="button" type="button" disabled={busy} onClick={onClose}>
            Cancel
          </button>
          <button class="button button--primary" type="submit" form={form} disabled={busy}>
            {old === null ? "Add" : "Save"}
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
        <DaysField days={days} several={old === null} onDays={setDays} />
        <div class="form__fields form__fields--pair">
          <Time label="From" value={start} onValue={setStart} />
          <Time label="to" value={end} onValue={setEnd} />
        </div>
        {start !== end && end < start && <p class="quiet">It ends at {end} on the next day.</p>}
        {clashes.length > 0 && (
          <p class="note" role="status">
            <Icon name="warning" />
            The doctor has other hours then: {clashes.map((one) => `${DAYS[one.day_of_week - 1]} ${sayWindow(one)}`).join(", ")}.
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Time({ label, value, onValue }: { label: string; value: string; onValue: (time: string) => void }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input type="time" required value={value} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}
