/** What is to be done today, read again whenever it may have changed: somebody comes back to the phone, or the network does. */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { useRenewals } from "../shell/session-end.ts";
import { readBooked, readDay, readRunning } from "./exercise-api.ts";
import type { ExerciseDay, PhysioSession } from "./exercise-api.ts";

/** Each reading of what is clinical is written down: not more often than it is worth. */
const EVERY_MS = 120_000;

export interface Today {
  readonly day: ExerciseDay;
  /** The session that goes on, whoever began it. */
  readonly running: PhysioSession | null;
  readonly booked: readonly PhysioSession[];
  /** The hub's clock, ms since 1970. */
  readonly nowMs: () => number;
}

export interface DayDoor {
  readonly today: Today | null;
  /** What was read before stays in sight beside it. */
  readonly problem: Problem | null;
  readonly turn: number;
  readonly reload: () => void;
}

async function readToday(): Promise<Today> {
  const [day, running, booked] = await Promise.all([readDay(), readRunning(), readBooked()]);
  const aheadMs = Date.parse(day.now) - Date.now();
  return { day, running, booked, nowMs: () => Date.now() + aheadMs };
}

/** `still`: something else is looked at, and nothing is read but what is asked for. */
export function useDay(still: boolean): DayDoor {
  const [today, setToday] = useState<Today | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const renewals = useRenewals();
  const reload = (): void => setTurn((before) => before + 1);
  useEffect(() => {
    let left = false;
    readToday().then(
      (found) => {
        if (left) return;
        setToday(found);
        setProblem(null);
      },
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        if (!left) setProblem(error);
      },
    );
    return () => {
      left = true;
    };
  }, [turn, renewals]);
  useEffect(() => {
    if (still) return undefined;
    const look = (): void => {
      if (!document.hidden) reload();
    };
    const timer = setInterval(look, EVERY_MS);
    addEventListener("online", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      removeEventListener("online", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [still]);
  return { today, problem, turn, reload };
}
