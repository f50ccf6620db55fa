import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf, hoursOf, overlapping, sayWindow } from "../doctors/week.ts";
import type { Window } from "../doctors/week.ts";

function window(id: string, day: number, start: string, end: string): Window {
  const times = { start_time: `${start}:00`, end_time: `${end}:00` };
  return { id, doctor_id: "d", facility_id: "f", day_of_week: day, ...times };
}

const NIGHT = window("night", 7, "22:00", "02:00");

void test("a window past midnight belongs to its start day, and is drawn in the next one too", () => {
  assert.deepEqual(blocksOf([NIGHT], 7), [{ window: NIGHT, from: 1320, to: 1440 }]);
  assert.deepEqual(blocksOf([NIGHT], 1), [{ window: NIGHT, from: 0, to: 120 }]);
  assert.deepEqual(blocksOf([NIGHT], 2), []);
  assert.equal(sayWindow(NIGHT), "22:00–02:00 next day");
});

void test("a window until midnight ends there", () => {
  const evening = window("evening", 3, "18:00", "00:00");
  assert.deepEqual(blocksOf([evening], 3), [{ window: evening, from: 1080, to: 1440 }]);
  assert.deepEqual(blocksOf([evening], 4), []);
});

void test("the usual day is drawn, and what lies beyond it", () => {
  assert.deepEqual(hoursOf([]), [8, 18]);
  assert.deepEqual(hoursOf([window("early", 1, "06:30", "09:00")]), [6, 18]);
  assert.deepEqual(hoursOf([NIGHT]), [0, 24]);
});

void test("hours that meet are told, also around the week's end, and windows that touch do not meet", () => {
  const monday = window("monday", 1, "01:00", "05:00");
  const hours = { start_time: "22:00:00", end_time: "02:00:00" };
  assert.deepEqual(overlapping([monday], 7, hours, null), [monday]);
  assert.deepEqual(overlapping([monday], 6, hours, null), []);
  assert.deepEqual(overlapping([monday], 1, { start_time: "05:00:00", end_time: "06:00:00" }, null), []);
  assert.deepEqual(overlapping([NIGHT], 7, hours, "night"), []);
});
