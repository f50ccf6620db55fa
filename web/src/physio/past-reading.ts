/** A session's recording, read once as a whole and again in detail where somebody looks closer. */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { useRenewals } from "../shell/session-end.ts";
import { readMotion, readRepetitions, readTargets } from "./session-api.ts";
import type { Motion, PhysioSession, TargetSince } from "./session-api.ts";
import type { RepetitionRecord } from "./repetition.ts";
import type { Stretch } from "./zoom.ts";

export interface Recording {
  readonly motion: Motion;
  readonly repetitions: readonly RepetitionRecord[];
  /** What each joint was to reach, in the order in which it was set. */
  readonly targets: readonly TargetSince[];
}

export interface RecordingDoor {
  readonly recording: Recording | null;
  readonly problem: Problem | null;
  readonly reload: () => void;
}

/** Read it whole, and again when it was counted anew. */
export function useRecording({ id, counted_at }: PhysioSession): RecordingDoor {
  const [recording, setRecording] = useState<Recording | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const renewals = useRenewals();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setProblem(null);
    Promise.all([readMotion(id, null, signal), readRepetitions(id, signal), readTargets(id, signal)]).then(
      ([motion, repetitions, targets]) => !signal.aborted && setRecording({ motion, repetitions, targets }),
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      },
    );
    return () => controller.abort();
  }, [id, counted_at, turn, renewals]);
  return { recording, problem, reload: () => setTurn((before) => before + 1) };
}

const SETTLED_MS = 120;

interface Detail {
  readonly stretch: Stretch;
  readonly motion: Motion;
}

/** The stretch in detail, once it stands still; null until then, and where the whole is as good. */
export function useDetail(id: string, stretch: Stretch | null): Motion | null {
  const [detail, setDetail] = useState<Detail | null>(null);
  const [from, to] = stretch ?? [null, null];
  useEffect(() => {
    if (from === null || to === null) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const room = to - from; // so that moving along a little shows no edge
    const wide: Stretch = [from - room / 2, to + room / 2];
    const timer = setTimeout(() => {
      readMotion(id, wide, signal).then(
        (motion) => !signal.aborted && setDetail({ stretch: wide, motion }),
        () => undefined, // what is on the screen already stays there: coarser, and right
      );
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [id, from, to]);
  if (detail === null || from === null || to === null) return null;
  const covers = detail.stretch[0] <= from && detail.stretch[1] >= to;
  const fine = detail.stretch[1] - detail.stretch[0] <= 4 * (to - from);
  return covers && fine ? detail.motion : null;
}
