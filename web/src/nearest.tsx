/** Who is nearest to a place that somebody pointed at. */

import type { JSX } from "preact";
import type { Row } from "./fleet-store.ts";
import { distance } from "./format.ts";
import { signalless } from "./freshness.ts";
import { Icon, StatusIcon } from "./icons.tsx";
import { distanceM } from "./order.ts";
import type { Place } from "./order.ts";

export interface Near {
  readonly row: Row;
  readonly metres: number;
}

/** The nearest whose place is known, nearest first. */
export function nearestTo(rows: readonly Row[], place: Place, count: number): Near[] {
  const near: Near[] = [];
  for (const row of rows) {
    if (row.fix !== null && row.freshness !== "off" && !signalless(row)) near.push({ row, metres: distanceM(row.fix, place) });
  }
  return near.sort((one, other) => one.metres - other.metres).slice(0, count);
}

export interface NearestProps {
  readonly near: readonly Near[];
  readonly partial: boolean;
  readonly onSelect: (id: number) => void;
  readonly onClose: () => void;
}

export function Nearest({ near, partial, onSelect, onClose }: NearestProps): JSX.Element {
  return (
    <section class="nearest" aria-label="Nearest to the pin">
      <header>
        <Icon name="pin" />
        <h2>Nearest to the pin</h2>
        <button class="icon-button" type="button" aria-label="Take the pin away" title="Take the pin away (Esc)" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {near.length === 0 && <p>No ambulance with a signal matches.</p>}
      <ol>
        {near.map(({ row, metres }) => (
          <li key={row.unit.id}>
            <button type="button" onClick={() => onSelect(row.unit.id)}>
              <StatusIcon status={row.status} freshness={row.freshness} />
              <b>{row.unit.plateNumber}</b>
              <span>{row.status.label}</span>
              <span class="nearest__distance">{distance(metres)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p class="nearest__note">As the crow flies{partial ? ", of what the map shows" : ""}; those without a signal are left out.</p>
    </section>
  );
}
