/** What a playback asks the hub for, and in which order: each stretch once, a little ahead of what is shown. */

import type { Span } from "./track-spans.ts";

export const WINDOW_MS = 600_000;
/** Points of one window, so that reading it makes no frame late. */
const POINTS_PER_WINDOW = 100_000;
/** Steps that divide a window. */
const STEPS_S = [1, 2, 3, 4, 5, 10, 15, 20, 30, 60] as const;
/** How long a wait for the hub must be to be seen, in seconds of the person's time. */
const AHEAD_S = 10;
const MINUTE_MS = 60_000;

export const LENGTHS_MIN = [15, 30, 60, 120, 240, 360] as const;
export const SPEEDS = [1, 5, 10, 30, 60, 120, 300] as const;

/** Seconds between two points of an ambulance, for a fleet of this size. */
export function stepFor(ambulances: number): number {
  const wanted = (ambulances * (WINDOW_MS / 1000)) / POINTS_PER_WINDOW;
  return STEPS_S.find((step) => step >= wanted) ?? 60;
}

/** The range of `lengthMin` minutes that ends at `endMs`. */
export function rangeBefore(endMs: number, lengthMin: number): Span {
  return { fromMs: endMs - lengthMin * MINUTE_MS, toMs: endMs };
}

/** The range cut at round moments, so that another range shares its windows; whole but for the last. */
export function windowsOf(range: Span): Span[] {
  const windows: Span[] = [];
  for (let fromMs = Math.floor(range.fromMs / WINDOW_MS) * WINDOW_MS; fromMs < range.toMs; fromMs += WINDOW_MS) {
    windows.push({ fromMs, toMs: Math.min(fromMs + WINDOW_MS, range.toMs) });
  }
  return windows;
}

/** The windows to have at a moment, most urgent first: the one that is shown, and those that come up. */
export function wantedAt(windows: readonly Span[], atMs: number, speed: number): Span[] {
  const aheadMs = Math.max(WINDOW_MS, AHEAD_S * 1000 * speed);
  const fromMs = Math.min(atMs, (windows.at(-1)?.toMs ?? atMs) - 1); // the very end belongs to the last window
  return windows.filter((window) => window.toMs > fromMs && window.fromMs <= fromMs + aheadMs);
}
