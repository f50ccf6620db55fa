/** How much a position can still be believed, from its age. */

export type Freshness = "live" | "stale" | "offline" | "none";

export const STALE_S = 60;
export const OFFLINE_S = 300;

/** `ageS` in seconds; null when there is no fix at all. */
export function freshnessOf(ageS: number | null): Freshness {
  if (ageS === null) return "none";
  if (ageS >= OFFLINE_S) return "offline";
  return ageS >= STALE_S ? "stale" : "live";
}
