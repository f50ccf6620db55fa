/** How much an exercise asks for, and how much of it is done. */

import type { Exercise } from "./exercise-api.ts";

type Amount = Pick<Exercise, "target_reps" | "sets" | "hold_s" | "target_angle">;

/** Measured and ticked off, at most what is asked for. */
export function doneOf({ target_reps: target, valid_reps: valid, ticked_reps: ticked }: Exercise): number {
  return Math.min(target, valid + (ticked ?? 0));
}

/** "3 sets of 10 · hold each for 5 s · to 90°". */
export function sayAmount({ target_reps: reps, sets, hold_s: hold, target_angle: angle }: Amount): string {
  const size = Math.ceil(reps / Math.max(1, sets));
  const parts = [sets > 1 ? `${sets} sets of ${size}` : `${reps} ${reps === 1 ? "repetition" : "repetitions"}`];
  if (hold > 0) parts.push(`hold each for ${Number(hold.toFixed(1))} s`);
  if (angle !== null) parts.push(`to ${Math.round(angle)}°`);
  return parts.join(" · ");
}
