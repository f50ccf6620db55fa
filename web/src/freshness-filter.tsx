/** How many positions cannot be believed any more, and a way to see only those. */

import type { JSX } from "preact";
import { Icon } from "./icons.tsx";
import type { Filter } from "./selection.ts";
import type { Tally } from "./tally.ts";

export interface FreshnessFilterProps {
  readonly tally: Tally;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

export function FreshnessFilter({ tally, filter, onFilter }: FreshnessFilterProps): JSX.Element | null {
  const parts = [
    [tally.stale, "stale"],
    [tally.lost, "no signal"],
    [tally.none, "no position"],
  ] as const;
  const text = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  if (text.length === 0 && !filter.overdueOnly) return null;
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
