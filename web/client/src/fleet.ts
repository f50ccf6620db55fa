/** The fleet as the hub last told it: units and fixes by ambulance id. */

import type { FixRow, Rows, UnitRow } from "./protocol.ts";

export interface Unit {
  readonly id: number;
  readonly plateNumber: string;
  readonly driverName: string | null;
  readonly status: string;
  /** What it can do: transport, basic, advanced or neonatal. */
  readonly capability: string | null;
  /** The call that it has been offered or has; null without one, as the three that follow. */
  readonly requestId: string | null;
  /** How far it is with that: offered, accepted, en_route, on_scene, transporting or at_destination. */
  readonly stage: string | null;
  readonly priority: number | null;
  /** When it should reach the scene, or after that the destination; microseconds since 1970. */
  readonly etaAtUs: number | null;
}

/** Degrees WGS84, m/s, degrees clockwise from true north, metres (1σ), microseconds since 1970 (hub's clock). */
export interface Fix {
  readonly id: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly speed: number | null;
  readonly heading: number | null;
  readonly accuracy: number | null;
  readonly fixAtUs: number;
  readonly alarmAtUs: number | null;
}

/** Which ambulances a message touched; `whole` after a snapshot. */
export interface Change {
  readonly whole: boolean;
  readonly units: readonly number[];
  readonly fixes: readonly number[];
}

function unitOf(row: UnitRow): Unit {
  return {
    id: row[0],
    plateNumber: row[1],
    driverName: row[2],
    status: row[3],
    capability: row[4] ?? null,
    requestId: row[5] ?? null,
    stage: row[6] ?? null,
    priority: row[7] ?? null,
    etaAtUs: row[8] ?? null,
  };
}

function fixOf(row: FixRow): Fix {
  return {
    id: row[0],
    latitude: row[1],
    longitude: row[2],
    speed: row[3],
    heading: row[4],
    accuracy: row[5],
    fixAtUs: row[6],
    alarmAtUs: row[7],
  };
}

/** What a delta did: whom it touched, and who is now somewhere else than before. */
export interface Merged {
  readonly change: Change;
  readonly moved: readonly Fix[];
}

export class Fleet {
  /** Every ambulance the viewer may see; replaced row by row as deltas come. */
  units: ReadonlyMap<number, Unit> = new Map<number, Unit>();
  /** The newest fix of each ambulance that has one. */
  fixes: ReadonlyMap<number, Fix> = new Map<number, Fix>();

  /** Take the pieces of a snapshot in one step, so that nobody ever draws half a fleet. */
  replace(pieces: readonly Rows[]): Change {
    this.units = new Map<number, Unit>();
    this.fixes = new Map<number, Fix>();
    const { change } = this.merge(pieces);
    return { ...change, whole: true };
  }

  /** Apply, in order and in one step, the pieces of a delta that the viewer rule admitted. */
  merge(pieces: readonly Rows[]): Merged {
    const units = this.units as Map<number, Unit>;
    const fixes = this.fixes as Map<number, Fix>;
    const touched = { units: new Set<number>(), fixes: new Set<number>() };
    const moved: Fix[] = [];
    for (const { set, removed } of pieces) {
      for (const id of removed?.units ?? []) if (units.delete(id)) touched.units.add(id);
      for (const id of removed?.fixes ?? []) if (fixes.delete(id)) touched.fixes.add(id);
      for (const row of set?.units ?? []) {
        units.set(row[0], unitOf(row));
        touched.units.add(row[0]);
      }
      for (const row of set?.fixes ?? []) {
        const fix = fixOf(row);
        if (isElsewhere(fixes.get(fix.id), fix)) moved.push(fix);
        fixes.set(fix.id, fix);
        touched.fixes.add(fix.id);
      }
    }
    return { change: { whole: false, units: [...touched.units], fixes: [...touched.fixes] }, moved };
  }
}

function isElsewhere(before: Fix | undefined, now: Fix): boolean {
  return before !== undefined && (before.latitude !== now.latitude || before.longitude !== now.longitude);
}
