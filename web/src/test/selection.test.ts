import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../fleet-store.ts";
import { freshnessOf } from "../freshness.ts";
import { arrange, NO_FILTER } from "../selection.ts";
import { statusOf } from "../status.ts";

function row(id: number, plateNumber: string, given: Partial<Row> & { code?: string; driver?: string } = {}): Row {
  const code = given.code ?? "available";
  const ageS = given.ageS === undefined ? 1 : given.ageS;
  return {
    unit: { id, plateNumber, driverName: given.driver ?? null, status: code },
    fix: null,
    status: statusOf(code),
    freshness: freshnessOf(ageS),
    alarm: given.alarm ?? false,
    ageS,
  };
}

const plates = (rows: readonly Row[]): string[] => rows.map((one) => one.unit.plateNumber);

void test("every word of the search has to be in the plate, the driver or the status", () => {
  const rows = [row(1, "KA-1", { driver: "Asha Rao" }), row(2, "KA-2", { code: "en_route" })];
  assert.deepEqual(plates(arrange(rows, { ...NO_FILTER, text: "ka rao" }, "plate")), ["KA-1"]);
  assert.deepEqual(plates(arrange(rows, { ...NO_FILTER, text: "EN ROUTE" }, "plate")), ["KA-2"]);
  assert.deepEqual(plates(arrange(rows, { ...NO_FILTER, text: "nobody" }, "plate")), []);
});

void test("hidden statuses are left out, and the overdue can be shown alone", () => {
  const rows = [row(1, "A"), row(2, "B", { code: "on_scene", ageS: 61 }), row(3, "C", { ageS: null })];
  assert.deepEqual(plates(arrange(rows, { ...NO_FILTER, hidden: new Set(["available"]) }, "plate")), ["B"]);
  assert.deepEqual(plates(arrange(rows, { ...NO_FILTER, overdueOnly: true }, "plate")), ["B", "C"]);
});

void test("alarms come first in any order, and equal rows are in the order of their plates", () => {
  const rows = [row(1, "P-10"), row(2, "P-9"), row(3, "P-11", { alarm: true })];
  assert.deepEqual(plates(arrange(rows, NO_FILTER, "status")), ["P-11", "P-9", "P-10"]);
});

void test("the oldest positions come first, those without one before them, and fresh ones do not change places", () => {
  const rows = [row(1, "A", { ageS: 3 }), row(2, "B", { ageS: 2 }), row(3, "C", { ageS: 400 }), row(4, "D", { ageS: null })];
  assert.deepEqual(plates(arrange(rows, NO_FILTER, "age")), ["D", "C", "A", "B"]);
});

void test("a position is stale from 60 s and offline from 300 s", () => {
  assert.deepEqual([59.9, 60, 299.9, 300, null].map(freshnessOf), ["live", "stale", "stale", "offline", "none"]);
});
