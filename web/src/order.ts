/** The order of the list: kept from one time to the next, so that putting 5,000 rows right costs next to nothing. */

import type { Row } from "./fleet-store.ts";
import { overdue } from "./freshness.ts";
import { matcher } from "./selection.ts";
import type { Filter } from "./selection.ts";

export type Column = "status" | "plate" | "driver" | "age" | "speed" | "distance";

export interface Sorting {
  readonly column: Column;
  /** The other way round than usual. */
  readonly reversed: boolean;
}

export interface ColumnChoice {
  readonly column: Column;
  readonly label: string;
  /** What comes first, usually and when reversed. */
  readonly first: readonly [usual: string, reversed: string];
}

export const COLUMNS: readonly ColumnChoice[] = [
  { column: "status", label: "Status", first: ["busiest first", "free ones first"] },
  { column: "plate", label: "Plate", first: ["from A to Z", "from Z to A"] },
  { column: "driver", label: "Driver", first: ["from A to Z", "from Z to A"] },
  { column: "age", label: "Age", first: ["oldest position first", "newest position first"] },
  { column: "speed", label: "Speed", first: ["fastest first", "slowest first"] },
  { column: "distance", label: "Distance", first: ["nearest first", "farthest first"] },
];

export const BY_STATUS: Sorting = { column: "status", reversed: false };

export function isColumn(word: string | undefined): word is Column {
  return COLUMNS.some(({ column }) => column === word);
}

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

const RADIAN = Math.PI / 180;
const EARTH_M = 6_371_008.8;

/** Metres along the great circle (haversine). */
export function distanceM(one: Place, other: Place): number {
  const [a, b] = [one.latitude * RADIAN, other.latitude * RADIAN];
  const chord =
    Math.sin((b - a) / 2) ** 2 +
    Math.cos(a) * Math.cos(b) * Math.sin(((other.longitude - one.longitude) * RADIAN) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Speeds (m/s) and distances (m) this close together keep their order, or rows would change places every second. */
const SPEED_STEP = 2.5;
const DISTANCE_STEP = 50;

/** What a row is ordered by, ascending in the usual direction; NaN comes last in both. */
function keyOf(row: Row, column: Column, rank: Rank, from: Place | null): number {
  switch (column) {
    case "status":
      return row.status.rank;
    case "plate":
      return rank.plate;
    case "driver":
      return row.unit.driverName === null ? NaN : rank.driver;
    case "age":
      // whole seconds for what is overdue; the fresh are equal, or rows would change places every second
      return row.ageS === null ? -Infinity : overdue(row) || row.freshness === "off" ? -Math.floor(row.ageS) : 0;
    case "speed":
      return row.fix?.speed == null ? NaN : -Math.floor(row.fix.speed / SPEED_STEP);
    case "distance":
      return row.fix === null || from === null ? NaN : Math.floor(distanceM(row.fix, from) / DISTANCE_STEP);
  }
}

/** Places in the alphabet, so that text is compared only when it changes. */
interface Rank {
  plate: number;
  driver: number;
}

interface Entry {
  row: Row;
  readonly rank: Rank;
  alarm: number;
  key: number;
  /** Which arranging saw it last. */
  turn: number;
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export class Arranger {
  private readonly entries = new Map<number, Entry>();
  /** Every entry in the order of the last time: nearly the order of this time. */
  private sequence: Entry[] = [];
  private turn = 0;

  /** Those that match: alarms first, then in the asked order, then by plate so that equal rows keep their places. */
  arrange(rows: readonly Row[], filter: Filter, sorting: Sorting, from: Place | null): Row[] {
    this.turn += 1;
    this.take(rows);
    const sign = sorting.reversed ? -1 : 1;
    for (const entry of this.sequence) {
      const key = keyOf(entry.row, sorting.column, entry.rank, from);
      entry.key = Number.isNaN(key) ? Infinity : key * sign;
      entry.alarm = entry.row.alarm ? 0 : 1;
    }
    this.sequence.sort(
      (one, other) =>
        one.alarm - other.alarm || (one.key === other.key ? one.rank.plate - other.rank.plate : one.key < other.key ? -1 : 1),
    );
    const matches = matcher(filter);
    return this.sequence.filter(({ row }) => matches(row)).map(({ row }) => row);
  }

  private take(rows: readonly Row[]): void {
    let renamed = false;
    for (const row of rows) {
      const known = this.entries.get(row.unit.id);
      if (known === undefined) {
        const entry: Entry = { row, rank: { plate: 0, driver: 0 }, alarm: 1, key: 0, turn: this.turn };
        this.entries.set(row.unit.id, entry);
        this.sequence.push(entry);
        renamed = true;
        continue;
      }
      const { unit } = known.row;
      renamed ||= unit.plateNumber !== row.unit.plateNumber || unit.driverName !== row.unit.driverName;
      known.row = row;
      known.turn = this.turn;
    }
    if (this.sequence.length > rows.length) {
      this.sequence = this.sequence.filter((entry) => entry.turn === this.turn || !this.entries.delete(entry.row.unit.id));
    }
    if (renamed) this.rank();
  }

  private rank(): void {
    const by = (name: (row: Row) => string, note: (rank: Rank, at: number) => void): void => {
      const sorted = this.sequence.map((entry) => ({ entry, name: name(entry.row) }));
      sorted.sort((one, other) => COLLATOR.compare(one.name, other.name));
      let [at, before] = [-1, null as string | null];
      for (const { entry, name: mine } of sorted) {
        if (before === null || COLLATOR.compare(before, mine) !== 0) at += 1;
        before = mine;
        note(entry.rank, at);
      }
    };
    by(({ unit }) => unit.plateNumber, (rank, at) => (rank.plate = at));
    by(({ unit }) => unit.driverName ?? "", (rank, at) => (rank.driver = at));
  }
}
