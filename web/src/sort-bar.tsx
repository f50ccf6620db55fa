/** The heads of the list's columns: each puts the list in its order, and once more the other way round. */

import type { JSX } from "preact";
import { Icon } from "./icons.tsx";
import { COLUMNS } from "./order.ts";
import type { Column, Sorting } from "./order.ts";
import type { Extra } from "./view.ts";

export interface SortBarProps {
  readonly sorting: Sorting;
  readonly extras: ReadonlySet<Extra>;
  readonly onSorting: (sorting: Sorting) => void;
}

export function SortBar({ sorting, extras, onSorting }: SortBarProps): JSX.Element {
  const shown = COLUMNS.filter(({ column }) => column !== "distance" || extras.has("distance") || sorting.column === column);
  return (
    <div class="sort" role="group" aria-label="Order of the list">
      {shown.map(({ column, label, first }) => {
        const mine = sorting.column === column;
        const now = first[sorting.reversed ? 1 : 0];
        const next = first[mine && !sorting.reversed ? 1 : 0];
        return (
          <button
            key={column}
            class={`sort__head sort__head--${column}`}
            type="button"
            aria-pressed={mine}
            title={mine ? `${label}, ${now}: press for ${next}` : `${label}, ${next}`}
            onClick={() => onSorting(turned(sorting, column))}
          >
            {label}
            <span class="visually-hidden">{mine ? `, ${now}` : ""}</span>
            {mine && <Icon name={sorting.reversed ? "down" : "up"} />}
          </button>
        );
      })}
    </div>
  );
}

export function turned(sorting: Sorting, column: Column): Sorting {
  return { column, reversed: sorting.column === column && !sorting.reversed };
}
