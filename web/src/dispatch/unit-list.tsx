/** The units: what each does, for which call, and when it is there; only the rows in view exist. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../fleet-store.ts";
import { FreshnessBadge } from "../freshness-badge.tsx";
import { Icon, StatusIcon } from "../icons.tsx";
import { AdviceList } from "./advice-list.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { showUnit } from "./deeds.ts";
import { nameOfCall } from "./picture.ts";
import { sayStage } from "./stages.ts";
import { etaS, sayEta } from "./timers.ts";

/** As in dispatch-lists.css. */
const ROW_PX = 58;
const OVERSCAN = 6;

/** Those whose plate, driver or status has the words; the busy ones first. */
function arranged(units: readonly Row[], text: string): readonly Row[] {
  const words = text.trim().toLowerCase();
  const found = units.filter(({ unit, status }) =>
    `${unit.plateNumber} ${unit.driverName ?? ""} ${status.label}`.toLowerCase().includes(words),
  );
  return found.sort((a, b) => a.status.rank - b.status.rank || a.unit.plateNumber.localeCompare(b.unit.plateNumber));
}

export function UnitList({ desk }: { desk: BoardDesk }): JSX.Element {
  const [text, setText] = useState("");
  const rows = arranged(desk.units, text);
  return (
    <>
      <label class="search board-search">
        <Icon name="search" />
        <span class="visually-hidden">Search the units</span>
        <input
          type="search"
          placeholder="Plate, driver or status"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <AdviceList desk={desk} />
      {rows.length > 0 && <Rows rows={rows} desk={desk} />}
      {rows.length === 0 && (
        <div class="empty">
          <h2>{desk.units.length === 0 ? "No units" : "No unit matches"}</h2>
          <p>{desk.units.length === 0 ? "Ambulances stand here as soon as there are some." : "Search for something else."}</p>
        </div>
      )}
    </>
  );
}

function Rows({ rows, desk }: { rows: readonly Row[]; desk: BoardDesk }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 900 });
  const chosen = desk.panel?.kind === "unit" ? desk.panel.id : null;
  const at = rows.findIndex(({ unit }) => unit.id === chosen);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = (): void => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
    const next = by === null ? undefined : rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next === undefined) return;
    event.preventDefault();
    showUnit(desk, next.unit.id);
  };
  const first = Math.max(0, Math.floor(seen.top / ROW_PX) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / ROW_PX) + OVERSCAN);
  return (
    <div
      class="unit-rows"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label="Units"
      aria-activedescendant={at >= first && at < last && chosen !== null ? `unit-${chosen}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={(event) => setSeen({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <div class="list__space" style={{ height: `${rows.length * ROW_PX}px` }}>
        {rows.slice(first, last).map((row, index) => (
          <UnitRow key={row.unit.id} row={row} place={first + index} count={rows.length} desk={desk} />
        ))}
      </div>
    </div>
  );
}

interface UnitRowProps {
  readonly row: Row;
  readonly place: number;
  readonly count: number;
  readonly desk: BoardDesk;
}

function UnitRow({ row, place, count, desk }: UnitRowProps): JSX.Element {
  const { unit, status, freshness } = row;
  const assignment = desk.busy.get(unit.id);
  const call = assignment === undefined ? undefined : desk.views.get(assignment.request_id)?.call;
  const eta = assignment === undefined ? null : etaS(assignment.eta_at, desk.nowMs);
  const selected = desk.panel?.kind === "unit" && desk.panel.id === unit.id;
  return (
    <div
      class={`unit-row row--${freshness}${selected ? " row--selected" : ""}`}
      style={{ transform: `translateY(${place * ROW_PX}px)` }}
      id={`unit-${unit.id}`}
      data-unit={unit.id}
      role="option"
      aria-selected={selected}
      aria-setsize={count}
      aria-posinset={place + 1}
      onClick={() => showUnit(desk, unit.id)}
    >
      <StatusIcon status={status} freshness={freshness} />
      <span class="unit-row__plate">{unit.plateNumber}</span>
      <FreshnessBadge row={row} />
      <span class="unit-row__does">
        {assignment === undefined ? status.label : sayStage(assignment.status)}
        {call !== undefined && `: P${call.priority} ${nameOfCall(call)}`}
      </span>
      <span class="unit-row__eta">{eta !== null && sayEta(eta)}</span>
    </div>
  );
}
