import assert from "node:assert/strict";
import { test } from "node:test";
import { monthOf, sayShort } from "../plans/plan-calendar.ts";
import { repsOn, sayDose } from "../plans/plan.ts";
import type { Plan, PlanExercise } from "../plans/plan.ts";

const PLAN: Plan = {
  ...{ id: "p", patient_id: "a", created_by: "d", joint: "right_knee_flexion", notes: null },
  ...{ start_date: "2026-01-06", end_date: "2026-01-30", status: "active" },
};
/** Mondays. */
const SLIDES: PlanExercise = { id: "e", plan_id: "p", name: "Heel slides", target_reps: 30, target_angle: 90, day_of_week: 1, sets: 3, hold_s: 5 };
const row = (day: string, due_reps: number, done_reps: number): Parameters<typeof monthOf>[4][number] => ({
  ...{ plan_id: "p", day, due_reps, done_reps, completed_reps: done_reps, self_reported_reps: 0 },
});

const kinds = (plan: Plan, today: string, days: Parameters<typeof monthOf>[4], first = "2026-01-05"): string[] =>
  monthOf(first, 1, today, plan, days, [SLIDES]).map(({ kind }) => kind);

void test("what is asked for on a day is said in sets where they are even", () => {
  assert.equal(sayDose(SLIDES), "3 × 10 to 90°, held 5 s");
  assert.equal(sayDose({ ...SLIDES, target_reps: 10, hold_s: 0, target_angle: null }), "10 times in 3 sets");
  assert.equal(sayDose({ ...SLIDES, sets: 1, hold_s: 0 }), "30 times to 90°");
  assert.equal(repsOn(1, [SLIDES, SLIDES]), 60);
  assert.equal(repsOn(2, [SLIDES]), 0);
});

void test("a day says how much of what was due was done, and days outside of the plan say nothing", () => {
  const days = [row("2026-01-06", 10, 10), row("2026-01-07", 10, 4), row("2026-01-08", 10, 0), row("2026-01-09", 10, 3)];
  assert.deepEqual(kinds(PLAN, "2026-01-09", days), ["outside", "done", "part", "missed", "open", "rest", "rest"]);
});

void test("what is to come is as the exercises say, until the last day of each and of the plan", () => {
  assert.deepEqual(kinds(PLAN, "2026-01-09", [], "2026-01-12")[0], "planned");
  assert.deepEqual(kinds({ ...PLAN, status: "ended" }, "2026-01-09", [], "2026-01-12")[0], "outside");
  assert.deepEqual(kinds({ ...PLAN, end_date: "2026-01-11" }, "2026-01-09", [], "2026-01-12")[0], "outside");
  const [monday] = monthOf("2026-01-12", 1, "2026-01-09", PLAN, [], [{ ...SLIDES, last_day: "2026-01-10" }]);
  assert.equal(monday?.kind, "rest");
});

void test("a day that is to come names what is due, and one that counts what was done of it", () => {
  const cell = { day: "2026-01-12", today: false, due: 30, done: 40 };
  assert.equal(sayShort({ ...cell, kind: "planned" }), "30");
  assert.equal(sayShort({ ...cell, kind: "done" }), "30/30");
  assert.equal(sayShort({ ...cell, kind: "rest", due: 0 }), "");
});
