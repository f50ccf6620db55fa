/** How many positions cannot be believed any more, and a way to see only those. */

import type { JSX } from "preact";
import type { Row } from "./fleet-store.ts";
import { Icon } from "./icons.tsx";
import { overdue } from "./selection.ts";
import type { Filter } from "./selection.ts";

export interface FreshnessFilterProps {
  readonly rows: readonly Row[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

export function FreshnessFilter({ rows, filter, onFilter }: FreshnessFilterProps): JSX.Element | null {
  const late = rows.filter(overdue);
  if (late.length === 0 && !filter.overdueOnly) return null;
  const count = (freshness: string): number => late.filter((row) => row.freshness === freshness).length;
  const parts = [
    [count("stale"), "stale"],
    [count("offline"), "offline"],
    [count("none"), "no position"],
  ] as const;
  const text = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return (
    <button
      class="overdue"
      type="button"
      aria-pressed={filter.overdueOnly}
      onClick={() => onFilter({ ...filter, overdueOnly: !filter.overdueOnly })}
    >
      <Icon name="warning" />
      <span>{text.length === 0 ? "All positions are fresh" : text.join(" · ")}</span>
      <span class="overdue__action">{filter.overdueOnly ? "Show all" : "Show only"}</span>
    </button>
  );
}
