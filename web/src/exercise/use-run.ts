/** One session as it is shown to the one who moves: the live picture, and a cue for each repetition. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Phase } from "@arogya/client";
import type { PhysioFeed, PhysioLive } from "../physio/feed.ts";
import type { LiveJoint, LiveSession } from "../physio/live.ts";
import { useObserved } from "../shared/observable.ts";
import type { Exercise, PhysioSession } from "./exercise-api.ts";
import { AT_REST, cueOf } from "./run-state.ts";
import type { Cue, Goal, Rep, Standing } from "./run-state.ts";
import { sound } from "./tones.ts";

/** A sensor that has said nothing for so long is not there. */
const SILENT_MS = 4_000;
const FLASH_MS = 1_200;
const LOOK_MS = 500;

export interface Run {
  readonly phase: Phase;
  /** As the hub says it; that of the session that was read, until it does. */
  readonly status: string;
  readonly goal: Goal;
  readonly standing: Standing;
  readonly reps: readonly Rep[];
  readonly angle: number | null;
  /** The sensor moves the angle at this moment. */
  readonly sensing: boolean;
  /** What has just happened: null after a moment. */
  readonly cue: Cue | null;
}

function jointOf(live: LiveSession | null, joint: string | null): LiveJoint | null {
  return live?.joints.find((one) => one.joint === joint) ?? live?.joints[0] ?? null;
}

/** What is asked for: as the therapist says it now, and the sets and the hold as the exercise has them. */
function goalOf(session: PhysioSession, exercise: Exercise | null, joint: LiveJoint | null): Goal {
  return {
    restAngle: joint === null ? session.rest_angle : joint.restAngle,
    targetAngle: joint === null ? session.target_angle : joint.targetAngle,
    reps: joint?.targetReps ?? session.target_reps,
    sets: exercise?.sets ?? 1,
    holdS: exercise?.hold_s ?? 0,
  };
}

/** True while new angles come, by the clock here: the sensor's own may be wrong. */
function useSensing(joint: LiveJoint | null): boolean {
  const movedAtMs = useRef(-Infinity);
  const at = useRef<number | null>(null);
  const [sensing, setSensing] = useState(false);
  if (joint !== null && joint.angleAtMs !== at.current) {
    // what the first picture holds may be old
    if (at.current !== null) movedAtMs.current = performance.now();
    at.current = joint.angleAtMs;
  }
  useEffect(() => {
    const timer = setInterval(() => setSensing(performance.now() - movedAtMs.current < SILENT_MS), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return sensing;
}

export function useRun(live: PhysioLive, feed: PhysioFeed, session: PhysioSession, exercise: Exercise | null): Run {
  const { phase } = useObserved(live.connection);
  const told = useObserved(feed.session);
  const joint = jointOf(told, session.joint);
  const goal = goalOf(session, exercise, joint);
  const sensing = useSensing(joint);
  const [cue, setCue] = useState<Cue | null>(null);
  const newest = useRef({ joint, goal });
  newest.current = { joint, goal };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = feed.onRepetition((rep) => {
      const now = jointOf(feed.session.value, session.joint);
      if (now !== null && rep.joint !== now.joint) return;
      const next = cueOf(rep, now?.valid ?? 0, newest.current.goal);
      sound.play(next.kind);
      setCue(next);
      clearTimeout(timer);
      timer = setTimeout(() => setCue(null), FLASH_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [feed, session.joint]);
  useHeldTone(joint, goal);
  return {
    phase,
    status: told?.status ?? session.status,
    goal,
    standing: joint ?? AT_REST,
    reps: joint?.repetitions ?? [],
    angle: joint?.angle ?? null,
    sensing,
    cue,
  };
}

/** One tone in each repetition, at the moment at which it has been held long enough. */
function useHeldTone(joint: LiveJoint | null, { holdS }: Goal): void {
  const held = holdS > 0 && joint?.phase === "out" && joint.holdS >= holdS;
  useEffect(() => {
    if (held) sound.play("held");
  }, [held]);
}
