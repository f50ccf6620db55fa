/** What somebody who moves is shown and told: pure, out of what the hub has counted. */

import type { LiveJoint, LiveRepetition } from "../physio/live.ts";
import { shortOf } from "../physio/joints.ts";

/** What a session asks for. */
export interface Goal {
  readonly restAngle: number | null;
  readonly targetAngle: number | null;
  readonly reps: number | null;
  readonly sets: number;
  /** How long each repetition is to be held, seconds; 0 = not at all. */
  readonly holdS: number;
}

export type Rep = Pick<LiveRepetition, "number" | "peakAngle" | "holdS" | "valid">;

/** How the joint of the session stands at the moment. */
export type Standing = Pick<LiveJoint, "count" | "valid" | "phase" | "peakAngle" | "holdS">;

export const AT_REST: Standing = { count: 0, valid: 0, phase: null, peakAngle: null, holdS: 0 };

/** By how many whole degrees `peak` misses the target; 0 where it comes near enough or nothing is asked for. */
export function shortBy(peak: number, { restAngle, targetAngle }: Goal): number {
  return Math.ceil(shortOf({ rest_angle: restAngle, target_angle: targetAngle, target_reps: null }, peak) ?? 0);
}

/** How far the repetition under way is from rest to target: 0 to 1. */
export function reachOf(angle: number, { restAngle, targetAngle }: Goal): number {
  const way = (targetAngle ?? 0) - (restAngle ?? 0);
  return way === 0 ? 0 : Math.min(1, Math.max(0, (angle - (restAngle ?? 0)) / way));
}

/** Repetitions of one set; the last one may have fewer. */
export function setSize({ reps, sets }: Goal): number | null {
  return reps === null ? null : Math.ceil(reps / Math.max(1, sets));
}

/** Which set is under way, from 1; null where there is only one. */
export function setAt(valid: number, goal: Goal): number | null {
  const size = setSize(goal);
  if (size === null || goal.sets < 2) return null;
  return Math.min(goal.sets, Math.floor(valid / size) + 1);
}

/** "7 of 10", or only how many. */
export function sayCount(valid: number, { reps }: Goal): string {
  return reps === null ? String(valid) : `${valid} of ${reps}`;
}

const seconds = (value: number): string => `${value.toFixed(1).replace(/\.0$/, "")} s`;

/** The line under the big number: what to do now. */
export function sayNow(standing: Standing, last: Rep | null, goal: Goal): string {
  const next = `Rep ${sayCount(standing.valid + 1, goal)}`;
  if (isDone(standing.valid, goal) && standing.phase !== "out") return "All done. Stop here, or go on if it feels good.";
  if (standing.phase === "out" && standing.peakAngle !== null) {
    const short = shortBy(standing.peakAngle, goal);
    if (short > 0) return `${next}: ${short}° to go`;
    if (goal.holdS > 0 && standing.holdS < goal.holdS) return `${next}: hold it`;
    return `${next}: far enough, and slowly back`;
  }
  if (last === null) return "Begin when you are ready.";
  if (!last.valid) return `${next}: ${shortBy(last.peakAngle, goal)}° short, go a little further`;
  if (last.holdS < goal.holdS) return `Good. Hold the next one longer: that was ${seconds(last.holdS)} of ${seconds(goal.holdS)}.`;
  const size = setSize(goal);
  if (goal.sets > 1 && size !== null && standing.valid % size === 0) return "Set done. Rest a little, then go on.";
  return "Good. Go on at your own pace.";
}

export function isDone(valid: number, { reps }: Goal): boolean {
  return reps !== null && valid >= reps;
}

/** What is heard, seen and said of a repetition. */
export interface Cue {
  readonly kind: "valid" | "partial" | "set" | "done";
  /** For the ears of a screen reader. */
  readonly words: string;
}

/** What a repetition is worth telling; `valid` counts it in. */
export function cueOf(rep: Rep, valid: number, goal: Goal): Cue {
  const count = sayCount(valid, goal);
  if (!rep.valid) return { kind: "partial", words: `${shortBy(rep.peakAngle, goal)} degrees short. Still ${count}.` };
  if (goal.reps !== null && valid === goal.reps) return { kind: "done", words: `${count}. All done.` };
  const size = setSize(goal);
  if (goal.sets > 1 && size !== null && valid % size === 0 && valid < (goal.reps ?? 0)) {
    return { kind: "set", words: `${count}. Set ${valid / size} of ${goal.sets} is done: rest a little.` };
  }
  return { kind: "valid", words: count };
}

/** What a session came to. */
export interface Summary {
  readonly valid: number;
  readonly partial: number;
  readonly bestAngle: number | null;
  readonly meanAngle: number | null;
  readonly longestHoldS: number;
}

export function summarise(reps: readonly Rep[], goal: Goal): Summary {
  const valid = reps.filter((rep) => rep.valid).length;
  const peaks = reps.map(({ peakAngle }) => peakAngle);
  const down = goal.targetAngle !== null && goal.targetAngle < (goal.restAngle ?? 0);
  return {
    valid,
    partial: reps.length - valid,
    bestAngle: peaks.length === 0 ? null : down ? Math.min(...peaks) : Math.max(...peaks),
    meanAngle: peaks.length === 0 ? null : peaks.reduce((sum, peak) => sum + peak, 0) / peaks.length,
    longestHoldS: Math.max(0, ...reps.map(({ holdS }) => holdS)),
  };
}
