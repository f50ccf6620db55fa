/** What a track's five colours mean: how fast, or how long ago. */

import { metresBetween } from "./track.ts";
import type { TrackPoint } from "./track.ts";
import type { Span } from "./track-spans.ts";

export type Colouring = "speed" | "time";

/** Upper ends of the first four of five classes, km/h. */
export const SPEEDS = [10, 30, 50, 80] as const;
export const CLASSES = 5;

/** The colour, 0 to 4, of the drive from `one` to `other`. */
export function classOf(one: TrackPoint, other: TrackPoint, colouring: Colouring, range: Span): number {
  if (colouring === "time") {
    const part = (other.tMs - range.fromMs) / Math.max(1, range.toMs - range.fromMs);
    return Math.max(0, Math.min(CLASSES - 1, Math.floor(part * CLASSES)));
  }
  // the device's own speed is that of one instant: over a longer drive its mean tells more
  const seconds = (other.tMs - one.tMs) / 1000;
  const speed = other.speed !== null && seconds <= 5 ? other.speed : metresBetween(one, other) / Math.max(0.001, seconds);
  const found = SPEEDS.findIndex((limit) => speed * 3.6 < limit);
  return found === -1 ? CLASSES - 1 : found;
}
