/** How a fleet stands, counted in one pass. */

import type { Row } from "./fleet-store.ts";
import { signalless } from "./freshness.ts";

export interface StatusCount {
  /** Whose position is known: those that can be counted on. */
  reachable: number;
  /** Without a signal. */
  lost: number;
}

export interface Tally {
  readonly total: number;
  readonly statuses: ReadonlyMap<string, StatusCount>;
  readonly stale: number;
  readonly lost: number;
  /** Not seen yet. */
  readonly none: number;
  readonly alarms: number;
}

export function tallyOf(rows: readonly Row[]): Tally {
  const statuses = new Map<string, StatusCount>();
  const tally = { total: rows.length, statuses, stale: 0, lost: 0, none: 0, alarms: 0 };
  for (const row of rows) {
    let count = statuses.get(row.status.code);
    if (count === undefined) statuses.set(row.status.code, (count = { reachable: 0, lost: 0 }));
    if (signalless(row)) count.lost += 1;
    else count.reachable += 1;
    if (row.freshness === "stale" || row.freshness === "lost" || row.freshness === "none") tally[row.freshness] += 1;
    if (row.alarm) tally.alarms += 1;
  }
  return tally;
}

/** How many of a status can be counted on, and how many cannot. */
export function countOf(tally: Tally, code: string): StatusCount {
  return tally.statuses.get(code) ?? { reachable: 0, lost: 0 };
}
