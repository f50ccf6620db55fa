/** After a session: what came of it, and how much it hurts now. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { sayDegrees } from "../physio/repetition.ts";
import { attempt } from "../shared/attempt.ts";
import { Facts } from "../shell/page.tsx";
import { readRepetitions, sayPain } from "./exercise-api.ts";
import type { PhysioSession, Repetition } from "./exercise-api.ts";
import { PainScale } from "./pain-scale.tsx";
import { Peaks } from "./peaks.tsx";
import { summarise } from "./run-state.ts";
import type { Goal, Rep } from "./run-state.ts";

/** Counting again from what is stored takes a moment, and what was late in coming counts too. */
const LOOKS_MS = [0, 3_000, 10_000] as const;
const STRONG = 7;
const RISE = 3;

const ENDINGS: Readonly<Record<string, string>> = {
  idle: "Nothing came from the sensor for ten minutes, so the session was closed.",
  device: "The session was ended on the sensor.",
};

export interface SummaryViewProps {
  readonly session: PhysioSession;
  /** As they were counted live. */
  readonly reps: readonly Rep[];
  readonly goal: Goal;
  readonly onDone: () => void;
}

/** What the hub counted of the session's joint; an empty list while it says nothing. */
export function repsOf(found: readonly Repetition[], joint: string | null): readonly Rep[] {
  return found
    .filter((one) => joint === null || one.joint === joint)
    .map((one) => ({
      ...{ number: one.number, peakAngle: one.peak_angle ?? 0, holdS: one.hold_s ?? 0, valid: one.valid ?? false },
    }));
}

function useCounted(session: PhysioSession, live: readonly Rep[]): readonly Rep[] {
  const [reps, setReps] = useState(live);
  useEffect(() => {
    const look = (): void => {
      readRepetitions(session.id).then(
        (found) => found.length > 0 && setReps(repsOf(found, session.joint)),
        (error: unknown) => {
          if (!(error instanceof Problem)) throw error; // what was counted live stays
        },
      );
    };
    const timers = LOOKS_MS.map((afterMs) => setTimeout(look, afterMs));
    return () => timers.forEach(clearTimeout);
  }, [session.id]);
  return reps;
}

export function SummaryView({ session, reps: live, goal, onDone }: SummaryViewProps): JSX.Element {
  const reps = useCounted(session, live);
  const { valid, partial, bestAngle, meanAngle, longestHoldS } = summarise(reps, goal);
  const [pain, setPain] = useState(session.pain_after);
  const [said, setSaid] = useState(session.pain_after !== null);
  const before = session.pain_before;
  const say = async (value: number): Promise<void> => {
    setPain(value);
    setSaid(await attempt(() => sayPain(session.id, value)));
  };
  const ending = ENDINGS[session.ended_by ?? ""];
  return (
    <section class="summary" aria-label="What came of it">
      <p class="summary__number" data-full={goal.reps !== null && valid >= goal.reps}>
        <b>{valid}</b> {goal.reps === null ? "reached the target" : `of ${goal.reps} reached the target`}
      </p>
      {ending !== undefined && <p>{ending}</p>}
      <Peaks reps={reps} goal={goal} />
      <Facts
        facts={[
          ["Fell short", partial === 0 ? undefined : String(partial)],
          ["Farthest", bestAngle === null ? undefined : sayDegrees(bestAngle)],
          ["On average", meanAngle === null ? undefined : sayDegrees(meanAngle)],
          ["Longest hold", goal.holdS === 0 ? undefined : `${longestHoldS.toFixed(1)} s`],
          ["Pain before", before === null ? undefined : `${before} of 10`],
        ]}
      />
      <PainScale question="How much does it hurt now?" pain={pain} onPain={(value) => void say(value)} />
      <p role="status" class="summary__said">
        {pain !== null && said && (
          <>
            <Icon name="check" /> Your therapist sees it.
          </>
        )}
      </p>
      {pain !== null && (pain >= STRONG || pain - (before ?? pain) >= RISE) && (
        <p class="note note--error" role="alert">
          <Icon name="warning" />
          <span>
            That is a lot. Rest, and tell your therapist before you go on: <a href="/inbox">write a message</a>.
          </span>
        </p>
      )}
      <button class="button button--primary" type="button" onClick={onDone}>
        Back to my exercises
      </button>
    </section>
  );
}
