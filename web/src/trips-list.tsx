/** One line for each trip and each stop: point at it and the map shows which it is, choose it and the map goes there. */

import type { JSX } from "preact";
import { coordinates, speed } from "./format.ts";
import { Icon } from "./icons.tsx";
import type { Span } from "./track-spans.ts";
import { day, distance, duration, minute } from "./track-time.ts";
import { totalsOf } from "./trips.ts";
import type { Trip } from "./trips.ts";

export interface TripsListProps {
  readonly items: readonly Trip[];
  readonly onPoint: (stretch: Span | null) => void;
  readonly onShow: (stretch: Span) => void;
}

export function TripsList({ items, onPoint, onShow }: TripsListProps): JSX.Element {
  if (items.length === 0) return <p class="past__none">No trips and no stops in this time.</p>;
  const totals = totalsOf(items);
  const days = new Set(items.map((item) => day(item.fromMs)));
  return (
    <>
      <p class="trips__totals">
        {totals.trips} {totals.trips === 1 ? "trip" : "trips"}, {distance(totals.distanceM)} in {duration(totals.drivingS)}
        {totals.stops > 0 && ` · ${totals.stops} ${totals.stops === 1 ? "stop" : "stops"}, ${duration(totals.standingS)}`}
      </p>
      <ul class="trips__list" onPointerLeave={() => onPoint(null)}>
        {items.map((item) => (
          <li key={`${item.kind} ${item.fromMs}`}>
            <button
              class={`trip trip--${item.kind}`}
              type="button"
              onPointerEnter={() => onPoint(item)}
              onFocus={() => onPoint(item)}
              onBlur={() => onPoint(null)}
              onClick={() => onShow(item)}
            >
              <Icon name={item.kind === "trip" ? "route" : "square"} />
              <span class="trip__main">
                <span class="trip__times">
                  {days.size > 1 && `${day(item.fromMs)}, `}
                  {minute(item.fromMs)} – {minute(item.toMs)}
                </span>
                <span class="trip__sub">{item.kind === "trip" ? drive(item) : coordinates(...item.start)}</span>
              </span>
              <span class="trip__length">{duration(item.durationS)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function drive(trip: Trip): string {
  return `${distance(trip.distanceM)} · mean ${speed(trip.speedMean)}, top ${speed(trip.speedMax)} km/h`;
}
