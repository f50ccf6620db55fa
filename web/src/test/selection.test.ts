import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../fleet-store.ts";
import { freshnessOf, freshnessOfUnit } from "../freshness.ts";
import { Arranger, distanceM } from "../order.ts";
import type { Column } from "../order.ts";
import { NO_FILTER } from "../selection.ts";
import type { Filter } from "../selection.ts";
import { statusOf } from "../status.ts";
import { countOf, tallyOf } from "../tally.ts";

const FREE = { capability: "basic", requestId: null, stage: null, priority: null, etaAtUs: null };

interface Given {
  readonly ageS?: number | null;
  readonly alarm?: boolean;
  readonly code?: string;
  readonly driver?: string;
  readonly speed?: number | null;
  readonly longitude?: number;
}

function row(id: number, plateNumber: string, given: Given = {}): Row {
  const code = given.code ?? "available";
  const ageS = given.ageS === undefined ? 1 : given.ageS;
  const place = { latitude: 0, longitude: given.longitude ?? 0, speed: given.speed ?? null };
  return {
    unit: { id, plateNumber, driverName: given.driver ?? null, status: code, ...FREE },
    fix: ageS === null ? null : { id, ...place, heading: null, accuracy: null, fixAtUs: 0, alarmAtUs: null },
    status: statusOf(code),
    freshness: freshnessOfUnit(code, ageS),
    alarm: given.alarm ?? false,
    ageS,
  };
}

function plates(rows: readonly Row[], filter: Partial<Filter> = {}, column: Column = "plate", reversed = false): string[] {
  const from = { latitude: 0, longitude: 0 };
  const arranged = new Arranger().arrange(rows, { ...NO_FILTER, ...filter }, { column, reversed }, from);
  return arranged.map((one) => one.unit.plateNumber);
}

void test("every word of the search has to be in the plate, the driver or the status", () => {
  const rows = [row(1, "KA-1", { driver: "Asha Rao" }), row(2, "KA-2", { code: "en_route" })];
  assert.deepEqual(plates(rows, { text: "ka rao" }), ["KA-1"]);
  assert.deepEqual(plates(rows, { text: "EN ROUTE" }), ["KA-2"]);
  assert.deepEqual(plates(rows, { text: "nobody" }), []);
});

void test("a plate is found however its parts are written", () => {
  const rows = [row(1, "MH-12-AH-1003"), row(2, "MH 12 AH 1004")];
  assert.deepEqual(plates(rows, { text: "ah1003" }), ["MH-12-AH-1003"]);
  assert.deepEqual(plates(rows, { text: "12ah" }), ["MH 12 AH 1004", "MH-12-AH-1003"]);
  assert.deepEqual(plates(rows, { text: "ah-1004" }), ["MH 12 AH 1004"]);
});

void test("hidden statuses are left out, and the overdue can be shown alone", () => {
  const rows = [row(1, "A"), row(2, "B", { code: "on_scene", ageS: 61 }), row(3, "C", { ageS: null })];
  assert.deepEqual(plates(rows, { hidden: new Set(["available"]) }), ["B"]);
  assert.deepEqual(plates(rows, { overdueOnly: true }), ["B", "C"]);
});

void test("alarms come first in any order, and equal rows are in the order of their plates", () => {
  const rows = [row(1, "P-10"), row(2, "P-9"), row(3, "P-11", { alarm: true })];
  assert.deepEqual(plates(rows, {}, "status"), ["P-11", "P-9", "P-10"]);
  assert.deepEqual(plates(rows, {}, "plate", true), ["P-11", "P-10", "P-9"]);
});

void test("the oldest positions come first, those without one before them, and fresh ones do not change places", () => {
  const rows = [row(1, "A", { ageS: 3 }), row(2, "B", { ageS: 2 }), row(3, "C", { ageS: 400 }), row(4, "D", { ageS: null })];
  assert.deepEqual(plates(rows, {}, "age"), ["D", "C", "A", "B"]);
});

void test("what has no speed, driver or position comes last in both directions", () => {
  const rows = [row(1, "A", { speed: 3 }), row(2, "B"), row(3, "C", { speed: 30 })];
  assert.deepEqual(plates(rows, {}, "speed"), ["C", "A", "B"]);
  assert.deepEqual(plates(rows, {}, "speed", true), ["A", "C", "B"]);
  const driven = [row(1, "A"), row(2, "B", { driver: "Zia" }), row(3, "C", { driver: "asha" })];
  assert.deepEqual(plates(driven, {}, "driver"), ["C", "B", "A"]);
  const apart = [row(1, "A", { longitude: 2 }), row(2, "B", { ageS: null }), row(3, "C", { longitude: 1 })];
  assert.deepEqual(plates(apart, {}, "distance"), ["C", "A", "B"]);
  assert.deepEqual(plates(apart, {}, "distance", true), ["A", "C", "B"]);
});

void test("an order that is kept follows what came, went, moved and was renamed", () => {
  const arranger = new Arranger();
  const arrange = (rows: Row[]): string[] =>
    arranger.arrange(rows, NO_FILTER, { column: "plate", reversed: false }, null).map((one) => one.unit.plateNumber);
  assert.deepEqual(arrange([row(1, "B"), row(2, "A")]), ["A", "B"]);
  assert.deepEqual(arrange([row(2, "A"), row(3, "C"), row(1, "B")]), ["A", "B", "C"]);
  assert.deepEqual(arrange([row(3, "C"), row(1, "D")]), ["C", "D"]);
  assert.deepEqual(arrange([]), []);
  assert.deepEqual(arrange([row(9, "X"), row(1, "A")]), ["A", "X"]);
});

void test("a degree on the equator is 111 km", () => {
  const metres = distanceM({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 });
  assert.ok(Math.abs(metres - 111_195) < 1, String(metres));
});

void test("a position is stale from 60 s and lost from 300 s", () => {
  assert.deepEqual([59.9, 60, 299.9, 300, null].map(freshnessOf), ["live", "stale", "stale", "lost", "none"]);
});

void test("a unit that is switched off is missed by nobody, and one that sends is seen", () => {
  assert.deepEqual([1, 61, 301, null].map((ageS) => freshnessOfUnit("offline", ageS)), ["live", "off", "off", "off"]);
  assert.deepEqual(plates([row(1, "A", { code: "offline", ageS: 999 })], { overdueOnly: true }), []);
});

void test("those without a signal are not counted as available", () => {
  const rows = [row(1, "A"), row(2, "B", { ageS: 400 }), row(3, "C", { ageS: null }), row(4, "D", { ageS: 70 })];
  const tally = tallyOf([...rows, row(5, "E", { code: "offline", ageS: null, alarm: true })]);
  assert.deepEqual(countOf(tally, "available"), { reachable: 2, lost: 2 });
  assert.deepEqual(countOf(tally, "offline"), { reachable: 1, lost: 0 });
  assert.deepEqual(countOf(tally, "on_scene"), { reachable: 0, lost: 0 });
  assert.deepEqual([tally.total, tally.stale, tally.lost, tally.none, tally.alarms], [5, 1, 1, 1, 1]);
});
