/** The list of ambulances as it was at a moment of the past: where they were is known, what they were doing is not. */

import type { Unit } from "@arogya/client";
import type { FleetStore, Row } from "./fleet-store.ts";
import { latitudeOf, longitudeOf } from "./map/mercator.ts";
import type { Playback } from "./playback.ts";
import type { Seen } from "./playback-reel.ts";
import type { Status } from "./status.ts";

/** Unlike every status of the live fleet, so that a marker of the past is not taken for one of now. */
const COLOUR = "#8e5ae8";

const MOVING: Status = { code: "then_moving", label: "Moving then", colour: COLOUR, shape: "circle", rank: 0 };
const STANDING: Status = { code: "then_standing", label: "Standing then", colour: COLOUR, shape: "square", rank: 1 };
const SILENT: Status = { code: "then_silent", label: "No signal then", colour: COLOUR, shape: "ring", rank: 2 };

export function statusThen(seen: Seen | null): Status {
  if (seen === null || seen.freshness !== "live") return SILENT;
  return seen.heading === null ? STANDING : MOVING;
}

function rowThen(unit: Unit, seen: Seen | null, atMs: number): Row {
  const status = statusThen(seen);
  if (seen === null) return { unit, fix: null, status, ageS: null, freshness: "none", alarm: false };
  const { id, ageS, freshness, speed, heading } = seen;
  const fix = {
    id,
    latitude: latitudeOf(seen.y),
    longitude: longitudeOf(seen.x),
    speed,
    heading,
    accuracy: null,
    fixAtUs: (atMs - ageS * 1000) * 1000,
    alarmAtUs: null,
  };
  return { unit, fix, status, ageS, freshness, alarm: false };
}

/** A row for each of today's ambulances, as it was seen at the moment that is played. */
export function rowsAt({ reel, atMs }: Playback, store: FleetStore): Row[] {
  return rowsThen(store.live.fleet.units.values(), reel.seenAt(atMs), atMs);
}

export function rowsThen(units: Iterable<Unit>, seen: readonly Seen[], atMs: number): Row[] {
  const byId = new Map(seen.map((one) => [one.id, one]));
  return Array.from(units, (unit) => rowThen(unit, byId.get(unit.id) ?? null, atMs));
}
