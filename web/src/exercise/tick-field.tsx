/** Repetitions without a sensor: said by the patient, corrected by the patient, and kept apart from what was measured. */

import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { attempt } from "../shared/attempt.ts";
import { newKey } from "../shared/http.ts";
import { toast } from "../shared/toast.tsx";
import { tick, untick } from "./exercise-api.ts";
import type { Exercise } from "./exercise-api.ts";

const MOST = 10_000;

export interface TickFieldProps {
  readonly exercise: Exercise;
  /** Something was said: read again. */
  readonly onTicked: () => void;
}

export function TickField({ exercise, onTicked }: TickFieldProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [editing, setEditing] = useState(false);
  const said = exercise.ticked_reps ?? 0;
  const rest = Math.max(1, exercise.target_reps - exercise.done_reps);
  const box = useRef<HTMLDivElement>(null);
  const acted = useFocus(box, `${editing} ${said}`);
  const edit = (open: boolean): void => {
    acted();
    setEditing(open);
  };
  const say = async (reps: number): Promise<void> => {
    acted();
    setBusy(true);
    const done = await attempt(() => tick(exercise, reps, newKey()));
    setBusy(false);
    setEditing(false);
    onTicked(); // after a refusal too: somebody else may have said it on another phone
    if (!done) return;
    if (reps === 0) toast(`${exercise.name}: taken back`);
    else toast(`${exercise.name}: ${reps} ticked off`, () => void takeBack());
  };
  const takeBack = async (): Promise<void> => {
    // the tick has a number by now, which only the hub knows
    await attempt(() => untick(exercise, said));
    onTicked();
  };
  const props: WaysProps = { said, rest, busy, onSay: (reps) => void say(reps), onEdit: () => edit(true) };
  return (
    <div class="tick-box" ref={box}>
      {editing ? (
        <Stepper reps={said || rest} busy={busy} onSay={props.onSay} onClose={() => edit(false)} />
      ) : said === 0 ? (
        <Unsaid {...props} />
      ) : (
        <Said {...props} />
      )}
    </div>
  );
}

/** What was pressed is replaced by what follows: once `acted` was called, the focus goes along as `shown` changes. */
function useFocus(box: RefObject<HTMLDivElement | null>, shown: string): () => void {
  const acting = useRef(false);
  useEffect(() => {
    if (acting.current && document.activeElement === document.body) box.current?.querySelector<HTMLElement>("input, button")?.focus();
  }, [shown]);
  return () => {
    acting.current = true;
  };
}

interface WaysProps {
  readonly said: number;
  /** What is not done yet. */
  readonly rest: number;
  readonly busy: boolean;
  readonly onSay: (reps: number) => void;
  readonly onEdit: () => void;
}

function Unsaid({ rest, busy, onSay, onEdit }: WaysProps): JSX.Element {
  return (
    <div class="tick">
      <button class="button button--small" type="button" disabled={busy} onClick={() => onSay(rest)}>
        <Icon name="check" />
        Done without a sensor
      </button>
      <button class="button button--small" type="button" disabled={busy} onClick={onEdit}>
        A part of it…
      </button>
    </div>
  );
}

function Said({ said, busy, onSay, onEdit }: WaysProps): JSX.Element {
  return (
    <div class="tick">
      <p>
        <Icon name="check" /> {said} ticked off by you, without a sensor
      </p>
      <button class="button button--small" type="button" disabled={busy} onClick={onEdit}>
        Correct
      </button>
      <button class="button button--small" type="button" disabled={busy} onClick={() => onSay(0)}>
        Take back
      </button>
    </div>
  );
}

interface StepperProps {
  readonly reps: number;
  readonly busy: boolean;
  readonly onSay: (reps: number) => void;
  readonly onClose: () => void;
}

function Stepper({ reps, busy, onSay, onClose }: StepperProps): JSX.Element {
  const [written, setWritten] = useState(String(reps));
  const value = Number(written);
  const sound = /^\d+$/.test(written.trim()) && value >= 0 && value <= MOST;
  const step = (by: number): void => setWritten(String(Math.min(MOST, Math.max(0, (sound ? value : reps) + by))));
  const submit = (event: Event): void => {
    event.preventDefault();
    if (sound) onSay(value);
  };
  return (
    <form class="tick tick--edit" onSubmit={submit}>
      <label>
        <span>How many did you do?</span>
        <input
          inputMode="numeric"
          value={written}
          aria-invalid={!sound}
          onInput={(event) => setWritten(event.currentTarget.value)}
        />
      </label>
      <button class="button button--small" type="button" aria-label="One less" onClick={() => step(-1)}>
        <Icon name="minus" />
      </button>
      <button class="button button--small" type="button" aria-label="One more" onClick={() => step(1)}>
        <Icon name="plus" />
      </button>
      <button class="button button--small button--primary" type="submit" disabled={busy || !sound}>
        Save
      </button>
      <button class="button button--small" type="button" onClick={onClose}>
        Cancel
      </button>
      {!sound && <p role="alert">Write a number from 0 to {MOST}.</p>}
    </form>
  );
}
