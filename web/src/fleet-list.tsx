/** The list of ambulances: only the rows in view exist, so that 5,000 cost no more than 20. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Row } from "./fleet-store.ts";
import { FreshnessBadge } from "./freshness-badge.tsx";
import { distance, speed } from "./format.ts";
import { StatusIcon } from "./icons.tsx";
import { distanceM } from "./order.ts";
import type { Place } from "./order.ts";
import type { Extra } from "./view.ts";

/** As in list.css. */
const ROW_PX = 60;
const OVERSCAN = 6;

export interface FleetListProps {
  readonly rows: readonly Row[];
  readonly selected: number | null;
  readonly extras: ReadonlySet<Extra>;
  /** From where distances are measured; null when they are not shown. */
  readonly from: Place | null;
  readonly onSelect: (id: number) => void;
  /** Enter: the selected one is to be followed. */
  readonly onFollow: () => void;
}

export function FleetList({ rows, selected, extras, from, onSelect, onFollow }: FleetListProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const height = useHeight(box);
  const first = Math.max(0, Math.floor(top / ROW_PX) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW_PX) + OVERSCAN);
  const at = rows.findIndex((row) => row.unit.id === selected);
  useEffect(() => reveal(box.current, at), [selected]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && at >= 0) return onFollow();
    const target = step(event.key, at, rows.length, Math.max(1, Math.floor(height / ROW_PX) - 1));
    const row = target === null ? undefined : rows[target];
    if (row === undefined) return;
    event.preventDefault();
    onSelect(row.unit.id);
  };

  return (
    <div
      class="list"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label="Ambulances"
      aria-activedescendant={at >= first && at < last ? `ambulance-${selected ?? ""}` : undefined}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div class="list__space" style={{ height: `${rows.length * ROW_PX}px` }}>
        {rows.slice(first, last).map((row, index) => (
          <ListRow
            key={row.unit.id}
            row={row}
            position={first + index}
            count={rows.length}
            selected={row.unit.id === selected}
            extras={extras}
            from={from}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  );
}

interface ListRowProps {
  readonly row: Row;
  readonly position: number;
  readonly count: number;
  readonly selected: boolean;
  readonly extras: ReadonlySet<Extra>;
  readonly from: Place | null;
  readonly onSelect: (id: number) => void;
}

function ListRow({ row, position, count, selected, extras, from, onSelect }: ListRowProps): JSX.Element {
  const { unit, status, freshness, fix } = row;
  return (
    <div
      class={`row row--${freshness}${selected ? " row--selected" : ""}${row.alarm ? " row--alarm" : ""}`}
      id={`ambulance-${unit.id}`}
      data-id={unit.id}
      role="option"
      aria-selected={selected}
      aria-setsize={count}
      aria-posinset={position + 1}
      style={{ transform: `translateY(${position * ROW_PX}px)` }}
      onClick={() => onSelect(unit.id)}
    >
      <StatusIcon status={status} freshness={freshness} />
      <span class="row__plate">{unit.plateNumber}</span>
      <span class="row__sub">
        <span class="row__status">{status.label}</span>
        {extras.has("driver") && <span class="row__driver">{unit.driverName}</span>}
      </span>
      <span class="row__age">
        <FreshnessBadge row={row} />
      </span>
      <span class="row__numbers">
        {from !== null && <span class="row__distance">{fix !== null && distance(distanceM(fix, from))}</span>}
        {extras.has("speed") && (
          <span class="row__speed">{typeof fix?.speed === "number" && freshness === "live" && `${speed(fix.speed)} km/h`}</span>
        )}
      </span>
    </div>
  );
}

function useHeight(box: { current: HTMLElement | null }): number {
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return height;
}

/** Where a key leads from row `at` (-1: none) of `count`; null when the key means nothing here. */
export function step(key: string, at: number, count: number, page: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? count - 1 : at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, target));
}

function reveal(box: HTMLElement | null, at: number): void {
  if (box === null || at < 0) return;
  const top = at * ROW_PX;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
}
