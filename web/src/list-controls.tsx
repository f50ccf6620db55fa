/** Search, order and status filter above the list; the filter is also the count of each status. */

import type { JSX, Ref } from "preact";
import { FreshnessFilter } from "./freshness-filter.tsx";
import type { Row } from "./fleet-store.ts";
import { Icon, StatusIcon } from "./icons.tsx";
import { ORDERS } from "./selection.ts";
import type { Filter, Order } from "./selection.ts";
import { STATUSES } from "./status.ts";

export interface ListControlsProps {
  readonly rows: readonly Row[];
  readonly filter: Filter;
  readonly order: Order;
  readonly search: Ref<HTMLInputElement>;
  readonly onFilter: (filter: Filter) => void;
  readonly onOrder: (order: Order) => void;
  /** Enter in the search. */
  readonly onFound: () => void;
}

export function ListControls(props: ListControlsProps): JSX.Element {
  const { rows, filter, order, search, onFilter, onOrder, onFound } = props;
  return (
    <div class="controls">
      <div class="controls__row">
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">Search plate, driver or status</span>
          <input
            ref={search}
            type="search"
            placeholder="Plate, driver or status"
            value={filter.text}
            aria-keyshortcuts="/"
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.isComposing) onFound();
            }}
            onInput={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        <label class="order">
          <span class="visually-hidden">Sort by</span>
          <select value={order} onChange={(event) => onOrder(event.currentTarget.value as Order)}>
            {ORDERS.map((choice) => (
              <option key={choice.order} value={choice.order}>
                {choice.label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <StatusFilter rows={rows} filter={filter} onFilter={onFilter} />
      <FreshnessFilter rows={rows} filter={filter} onFilter={onFilter} />
    </div>
  );
}

type FilterProps = Pick<ListControlsProps, "rows" | "filter" | "onFilter">;

function StatusFilter({ rows, filter, onFilter }: FilterProps): JSX.Element {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.status.code, (counts.get(row.status.code) ?? 0) + 1);
  const toggle = (code: string): void => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(code)) hidden.add(code);
    onFilter({ ...filter, hidden });
  };
  return (
    <div class="chips" role="group" aria-label="Shown statuses">
      {STATUSES.filter((status) => counts.has(status.code) || filter.hidden.has(status.code)).map((status) => (
        <button
          key={status.code}
          class="chip"
          type="button"
          aria-pressed={!filter.hidden.has(status.code)}
          title={filter.hidden.has(status.code) ? `Show ${status.label}` : `Hide ${status.label}`}
          onClick={() => toggle(status.code)}
        >
          <StatusIcon status={status} />
          {status.label}
          <span class="chip__count">{counts.get(status.code) ?? 0}</span>
        </button>
      ))}
    </div>
  );
}
