/** How old a position is, said louder the older it is. */

import type { JSX } from "preact";
import type { Row } from "./fleet-store.ts";
import { age } from "./format.ts";

export function FreshnessBadge({ row }: { row: Row }): JSX.Element {
  const { ageS, freshness } = row;
  const since = ageS === null ? "" : ` · ${age(ageS)}`;
  if (row.alarm) return <span class="badge badge--alarm">SOS</span>;
  if (freshness === "off") return <span class="badge badge--off">Off{since}</span>;
  if (freshness === "none") return <span class="badge badge--none">No position</span>;
  if (freshness === "lost") return <span class="badge badge--lost">No signal{since}</span>;
  if (freshness === "stale") return <span class="badge badge--stale">Stale{since}</span>;
  return <span class="badge">{age(ageS ?? 0)}</span>;
}
