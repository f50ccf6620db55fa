/** How old a position is, said louder the older it is. */

import type { JSX } from "preact";
import type { Row } from "./fleet-store.ts";
import { age } from "./format.ts";

export function FreshnessBadge({ row }: { row: Row }): JSX.Element {
  if (row.alarm) return <span class="badge badge--alarm">SOS</span>;
  if (row.ageS === null) return <span class="badge badge--none">No position</span>;
  if (row.freshness === "offline") return <span class="badge badge--offline">Offline · {age(row.ageS)}</span>;
  if (row.freshness === "stale") return <span class="badge badge--stale">Stale · {age(row.ageS)}</span>;
  return <span class="badge">{age(row.ageS)}</span>;
}
