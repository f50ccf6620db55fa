/** The fleet as the hub last told it: units and fixes by ambulance id. */

import type { Delta, FixRow, Snapshot, UnitRow } from "./protocol.ts";

export interface Unit {
  readonly id: number;
  readonly plateNumber: string;
  readonly driverName: string | null;
  readonly status: string;
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
  return { id: row[0], plateNumber: row[1], driverName: row[2], status: row[3] };
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

export class Fleet {
  /** Every ambulance the viewer may see; replaced row by row as deltas come. */
  units: ReadonlyMap<number, Unit> = new Map<number, Unit>();
  /** The newest fix of each ambulance that has one. */
  fixes: ReadonlyMap<number, Fix> = new Map<number, Fix>();

  /** Take a snapshot in one step, so that nobody ever draws half a fleet. */
  replace(snapshot: Snapshot): Change {
    const units = (snapshot.set.units ?? []).map(unitOf);
    const fixes = (snapshot.set.fixes ?? []).map(fixOf);
    this.units = new Map(units.map((unit) => [unit.id, unit]));
    this.fixes = new Map(fixes.map((fix) => [fix.id, fix]));
    return { whole: true, units: units.map((unit) => unit.id), fixes: fixes.map((fix) => fix.id) };
  }

  /** Apply a delta that the viewer rule admitted. */
  merge(delta: Delta): Change {
    const units = this.units as Map<number, Unit>;
    const fixes = this.fixes as Map<number, Fix>;
    const touched = { units: [] as number[], fixes: [] as number[] };
    for (const id of delta.removed?.units ?? []) if (units.delete(id)) touched.units.push(id);
    for (const id of delta.removed?.fixes ?? []) if (fixes.delete(id)) touched.fixes.push(id);
    for (const row of delta.set?.units ?? []) {
      units.set(row[0], unitOf(row));
      touched.units.push(row[0]);
    }
    for (const row of delta.set?.fixes ?? []) {
      fixes.set(row[0], fixOf(row));
      touched.fixes.push(row[0]);
    }
    return { whole: false, ...touched };
  }
}
