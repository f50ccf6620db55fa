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
/** What was read says nothing of it; and the other, nothing has been read of that moment yet. */
const SILENT: Status = { code: "then_silent", label: "No signal then", colour: COLOUR, shape: "ring", rank: 2 };

const UNREAD: Status = { ...SILENT, code: "then_unread", label: "Not loaded yet" };

export function statusThen(seen: Seen | null): Status {
  if (seen === null || seen.freshness !== "live") return SILENT;
  return seen.heading === null ? STANDING : MOVING;
}

function rowThen(unit: Unit, seen: Seen | null, atMs: number, read: boolean): Row {
  const status = read ? statusThen(seen) : UNREAD;
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
  const byId = new Map(reel.seenAt(atMs).map((one) => [one.id, one]));
  const read = reel.window(reel.indexAt(atMs)) !== null;
  return Array.from(store.live.fleet.units.values(), (unit) => rowThen(unit, byId.get(unit.id) ?? null, atMs, read));
}
