/** Whether alarms would be heard. Pure. */

import type { Sound } from "../alarm-sound.ts";

/** A shift: what was heard before it says nothing of these loudspeakers now. */
const SHIFT_MS = 12 * 3_600_000;

/** `muted`: nothing will be heard · `blocked`: nothing before somebody clicks · `untested`: nobody has said that they heard it. */
export type Hearing = "muted" | "blocked" | "untested" | "heard";

export function hearingOf(sound: Sound, testedAtMs: number | null, nowMs: number): Hearing {
  if (sound === "off") return "muted";
  if (testedAtMs === null || nowMs - testedAtMs > SHIFT_MS) return "untested";
  return sound === "blocked" ? "blocked" : "heard";
}
