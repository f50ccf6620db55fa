/** Which part of the past is looked at. */

import type { Span } from "./track-spans.ts";
import { midnight } from "./track-time.ts";

export type RangeName = "hour" | "shift8" | "shift12" | "day" | "today" | "yesterday" | "custom";

/** What a person chose; the moments are those of a custom range. */
export interface Choice {
  readonly name: RangeName;
  readonly custom: Span | null;
}

export interface Range extends Span {
  /** It ends now, and so moves on with the clock. */
  readonly rolling: boolean;
}

export const RANGES: readonly { readonly name: RangeName; readonly label: string }[] = [
  { name: "hour", label: "Last hour" },
  { name: "shift8", label: "Shift: last 8 h" },
  { name: "shift12", label: "Shift: last 12 h" },
  { name: "day", label: "Day: last 24 h" },
  { name: "today", label: "Today" },
  { name: "yesterday", label: "Yesterday" },
  { name: "custom", label: "From – to…" },
];

export const LAST_HOUR: Choice = { name: "hour", custom: null };

const HOUR_MS = 3_600_000;
const LONGEST_MS = 31 * 24 * HOUR_MS;
const ROLLING: Partial<Record<RangeName, number>> = { hour: 1, shift8: 8, shift12: 12, day: 24 };

/** The range that a choice means at `nowMs`. */
export function rangeOf(choice: Choice, nowMs: number): Range {
  const hours = ROLLING[choice.name];
  if (hours !== undefined) return { fromMs: nowMs - hours * HOUR_MS, toMs: nowMs, rolling: true };
  if (choice.name === "yesterday") return { fromMs: midnight(nowMs, -1), toMs: midnight(nowMs), rolling: false };
  if (choice.name === "custom" && choice.custom !== null) {
    const { fromMs, toMs } = choice.custom;
    return { fromMs, toMs: Math.min(toMs, nowMs), rolling: toMs > nowMs };
  }
  return { fromMs: midnight(nowMs), toMs: nowMs, rolling: true };
}

/** What is wrong with a custom range, in a sentence; null when nothing is. */
export function objection(fromMs: number | null, toMs: number | null, nowMs: number): string | null {
  if (fromMs === null || toMs === null) return "Fill in both times.";
  if (fromMs >= toMs) return "The end has to be after the beginning.";
  if (fromMs >= nowMs) return "This has not happened yet.";
  return toMs - fromMs > LONGEST_MS ? "At most 31 days at once." : null;
}
