/** What the list shows and in which order: pure, so that it can be tested without a page. */

import type { Row } from "./fleet-store.ts";

export type Order = "status" | "plate" | "driver" | "age" | "speed";

export const ORDERS: readonly { readonly order: Order; readonly label: string }[] = [
  { order: "status", label: "Status" },
  { order: "plate", label: "Plate" },
  { order: "driver", label: "Driver" },
  { order: "age", label: "Oldest fix" },
  { order: "speed", label: "Speed" },
];

export interface Filter {
  /** Matched against plate, driver and status, each word on its own. */
  readonly text: string;
  /** Status codes that are hidden. */
  readonly hidden: ReadonlySet<string>;
  /** Only what has no fresh position. */
  readonly overdueOnly: boolean;
}

export const NO_FILTER: Filter = { text: "", hidden: new Set(), overdueOnly: false };

export function overdue(row: Pick<Row, "freshness">): boolean {
  return row.freshness !== "live";
}

export function matches(row: Row, filter: Filter): boolean {
  if (filter.hidden.has(row.status.code)) return false;
  if (filter.overdueOnly && !overdue(row)) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = `${row.unit.plateNumber} ${row.unit.driverName ?? ""} ${row.status.label}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Speeds this close together (m/s) keep their order, or rows would change places every second. */
const SPEED_STEP = 2.5;

/** Whole seconds for what is overdue; the fresh are equal, or rows would change places every second. */
function overdueS(row: Row): number {
  return row.ageS === null ? Number.MAX_SAFE_INTEGER : overdue(row) ? Math.floor(row.ageS) : 0;
}

function pace(row: Row): number {
  return Math.floor((row.fix?.speed ?? -SPEED_STEP) / SPEED_STEP);
}

const COMPARE: Readonly<Record<Order, (one: Row, other: Row) => number>> = {
  status: (one, other) => one.status.rank - other.status.rank,
  plate: () => 0,
  driver: (one, other) => COLLATOR.compare(one.unit.driverName ?? "\uffff", other.unit.driverName ?? "\uffff"),
  age: (one, other) => overdueS(other) - overdueS(one),
  speed: (one, other) => pace(other) - pace(one),
};

/** Alarms first, then by `order`, then by plate so that equal rows keep their places. */
export function arrange(rows: readonly Row[], filter: Filter, order: Order): Row[] {
  const compare = COMPARE[order];
  return rows
    .filter((row) => matches(row, filter))
    .sort(
      (one, other) =>
        Number(other.alarm) - Number(one.alarm) ||
        compare(one, other) ||
        COLLATOR.compare(one.unit.plateNumber, other.unit.plateNumber),
    );
}
