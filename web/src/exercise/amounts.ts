/** How much an exercise asks for. */

import { sayDegrees } from "../physio/repetition.ts";
import type { Exercise } from "./exercise-api.ts";

type Amount = Pick<Exercise, "target_reps" | "sets" | "hold_s" | "target_angle">;

/** "3 sets of 10 · hold each for 5 s · to 90°". */
export function sayAmount({ target_reps: reps, sets, hold_s: hold, target_angle: angle }: Amount): string {
  const size = Math.ceil(reps / Math.max(1, sets));
  const parts = [sets > 1 ? `${sets} sets of ${size}` : `${reps} ${reps === 1 ? "repetition" : "repetitions"}`];
  if (hold > 0) parts.push(`hold each for ${Number(hold.toFixed(1))} s`);
  if (angle !== null) parts.push(`to ${sayDegrees(angle)}`);
  return parts.join(" · ");
}
