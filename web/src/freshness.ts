/** How much a position can still be believed, from its age. */

/**
 * `lost`: no signal for minutes, although the unit should send. `off`: the same of a unit whose status says that it is
 * switched off, which is nothing to worry about. `none`: there has not been a fix yet.
 */
export type Freshness = "live" | "stale" | "lost" | "off" | "none";

export const STALE_S = 60;
export const LOST_S = 300;

/** `ageS` in seconds; null when there is no fix at all. */
export function freshnessOf(ageS: number | null): Freshness {
  if (ageS === null) return "none";
  if (ageS >= LOST_S) return "lost";
  return ageS >= STALE_S ? "stale" : "live";
}

/** The same of a unit: of one that is switched off nobody expects a signal. */
export function freshnessOfUnit(statusCode: string, ageS: number | null): Freshness {
  const freshness = freshnessOf(ageS);
  return statusCode === "offline" && freshness !== "live" ? "off" : freshness;
}

/** Whether its position is missing or too old, and should not be. */
export function overdue({ freshness }: { readonly freshness: Freshness }): boolean {
  return freshness === "stale" || freshness === "lost" || freshness === "none";
}

/** Whether nobody can say where it is now: it cannot be counted on, whatever its status says. */
export function signalless({ freshness }: { readonly freshness: Freshness }): boolean {
  return freshness === "lost" || freshness === "none";
}
