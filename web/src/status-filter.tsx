/** The statuses as switches, each with how many of it can be counted on, and how many cannot. */

import type { JSX } from "preact";
import { StatusIcon } from "./icons.tsx";
import type { Filter } from "./selection.ts";
import { STATUSES } from "./status.ts";
import { countOf } from "./tally.ts";
import type { Tally } from "./tally.ts";

export interface StatusFilterProps {
  readonly tally: Tally;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

export function StatusFilter({ tally, filter, onFilter }: StatusFilterProps): JSX.Element {
  const toggle = (code: string): void => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(code)) hidden.add(code);
    onFilter({ ...filter, hidden });
  };
  const shown = STATUSES.filter(({ code }) => tally.statuses.has(code) || filter.hidden.has(code));
  return (
    <div class="chips" role="group" aria-label="Shown statuses">
      {shown.map((status) => {
        const { reachable, lost } = countOf(tally, status.code);
        const hidden = filter.hidden.has(status.code);
        return (
          <button
            key={status.code}
            class="chip"
            type="button"
            aria-pressed={!hidden}
            title={hidden ? `Show ${status.label}` : `Hide ${status.label}`}
            onClick={() => toggle(status.code)}
          >
            <StatusIcon status={status} />
            {status.label}
            <span class="chip__count">{reachable}</span>
            {lost > 0 && <span class="chip__lost">{lost} no signal</span>}
          </button>
        );
      })}
    </div>
  );
}
