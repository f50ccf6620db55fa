/** Whether the picture on the screen is of now: a connection that stands but says nothing is not live either. */

import type { Phase } from "@arogya/client";

/**
 * `current`: of now · `quiet`: connected, but the hub has not answered for seconds · `gone`: no connection, the last
 * picture stays · `blank`: there has been no picture yet.
 */
export type Currency = "current" | "quiet" | "gone" | "blank";

/** The client asks after 1.5 s of silence, so a hub that is there has spoken by then. */
export const QUIET_MS = 3_000;
/** A first retry that works at once is not worth a banner. */
const SHORT_MS = 1_500;

export function currencyOf(phase: Phase, pictureAtMs: number | null, nowMs: number): Currency {
  if (pictureAtMs === null) return "blank";
  if (phase !== "live") return "gone";
  return nowMs - pictureAtMs >= QUIET_MS ? "quiet" : "current";
}

/** Whether it has to be said across the map, beside the mark in the top bar that changes at once. */
export function isWorthBanner(currency: Currency, phase: Phase, attempt: number, downMs: number): boolean {
  if (phase === "refused" || phase === "idle" || phase === "stopped") return false;
  if (currency === "blank") return attempt > 0;
  return currency === "quiet" || (currency === "gone" && (downMs >= SHORT_MS || attempt > 1));
}
