/** Search, view, filters and order above the list; the filters are also the counts. */

import type { JSX, Ref } from "preact";
import { FreshnessFilter } from "./freshness-filter.tsx";
import { Icon } from "./icons.tsx";
import type { Filter } from "./selection.ts";
import { SortBar } from "./sort-bar.tsx";
import { StatusFilter } from "./status-filter.tsx";
import type { Tally } from "./tally.ts";
import { ViewMenu } from "./view-menu.tsx";
import type { ViewDoor } from "./view-hooks.ts";

export interface ListControlsProps {
  readonly tally: Tally;
  readonly door: ViewDoor;
  readonly search: Ref<HTMLInputElement>;
  /** Enter in the search. */
  readonly onFound: () => void;
  /** Arrow down in the search. */
  readonly onDown: () => void;
}

export function ListControls({ tally, door, search, onFound, onDown }: ListControlsProps): JSX.Element {
  const { view, onView, onReset } = door;
  const onFilter = (filter: Filter): void => onView({ filter });
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
            value={view.filter.text}
            aria-keyshortcuts="/"
            onKeyDown={(event) => {
              if (event.isComposing) return;
              if (event.key === "Enter") onFound();
              if (event.key === "ArrowDown") onDown();
            }}
            onInput={(event) => onFilter({ ...view.filter, text: event.currentTarget.value })}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        <ViewMenu view={view} onView={onView} onReset={onReset} />
      </div>
      <StatusFilter tally={tally} filter={view.filter} onFilter={onFilter} />
      <FreshnessFilter tally={tally} filter={view.filter} onFilter={onFilter} />
      {view.areaOnly && (
        <p class="partial">
          <span>Only what the map shows is here.</span>
          <button class="link" type="button" onClick={() => onView({ areaOnly: false })}>
            Whole fleet
          </button>
        </p>
      )}
      <SortBar sorting={view.sorting} extras={view.extras} onSorting={(sorting) => onView({ sorting })} />
    </div>
  );
}
