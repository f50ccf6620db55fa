import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.ts";
import { sayAmount } from "../exercise/amounts.ts";
import type { Exercise, RehabDay } from "../exercise/exercise-api.ts";
import { mediaOf } from "../exercise/media.tsx";
import { heightsOf } from "../exercise/peaks.tsx";
import { AT_REST, cueOf, reachOf, sayNow, setAt, shortBy, summarise } from "../exercise/run-state.ts";
import type { Goal, Rep, Standing } from "../exercise/run-state.ts";
import { isAway, untilHeard } from "../exercise/until-heard.ts";
import { addDays, complianceOf, dayIn, mondayOf, nextDue, othersOf, sayWeekdays, weekdayOf, weekOf } from "../exercise/week.ts";

const GOAL: Goal = { restAngle: 0, targetAngle: 90, reps: 10, sets: 2, holdS: 0 };
const rep = (number: number, peakAngle: number, holdS = 1): Rep => ({ number, peakAngle, holdS, valid: peakAngle >= 85 });
const standing = (told: Partial<Standing>): Standing => ({ ...AT_REST, phase: "rest", ...told });

void test("short is what is missing to the target, and nothing within the tolerance, whichever way the joint goes", () => {
  assert.deepEqual([90, 86, 85, 84.5, 60].map((peak) => shortBy(peak, GOAL)), [0, 0, 0, 6, 30]);
  const standUp: Goal = { ...GOAL, restAngle: 105, targetAngle: 10 };
  assert.deepEqual([10, 15, 16, 40].map((peak) => shortBy(peak, standUp)), [0, 0, 6, 30]);
  assert.equal(shortBy(3, { ...GOAL, targetAngle: null }), 0);
  assert.deepEqual([105, 57.5, 10, -5].map((angle) => reachOf(angle, standUp)), [0, 0.5, 1, 1]);
});

void test("the line under the number says which repetition it is and what it lacks", () => {
  const out = standing({ count: 7, valid: 6, phase: "out", peakAngle: 80 });
  assert.equal(sayNow(out, rep(7, 90), GOAL), "Rep 7 of 10: 10° to go");
  assert.equal(sayNow({ ...out, peakAngle: 88 }, null, GOAL), "Rep 7 of 10: far enough, and slowly back");
  assert.equal(sayNow(standing({ count: 7, valid: 6 }), rep(7, 82), GOAL), "Rep 7 of 10: 8° short, go a little further");
  assert.equal(sayNow(standing({ count: 7, valid: 7 }), rep(7, 90), GOAL), "Good. Go on at your own pace.");
  assert.match(sayNow(standing({ count: 5, valid: 5 }), rep(5, 90), GOAL), /^Set done/);
  assert.equal(sayNow(standing({}), null, GOAL), "Begin when you are ready.");
  assert.match(sayNow(standing({ count: 10, valid: 10 }), rep(10, 90), GOAL), /^All done/);
});

void test("a hold is asked for while it lasts, and missed afterwards", () => {
  const goal = { ...GOAL, holdS: 5 };
  const out = standing({ valid: 2, phase: "out", peakAngle: 91, holdS: 2 });
  assert.equal(sayNow(out, null, goal), "Rep 3 of 10: hold it");
  assert.equal(sayNow({ ...out, holdS: 5 }, null, goal), "Rep 3 of 10: far enough, and slowly back");
  assert.match(sayNow(standing({ valid: 3 }), rep(3, 91, 2), goal), /that was 2 s of 5 s/);
});

void test("a repetition is cued by what it is worth: valid, short, the end of a set, the end of all", () => {
  assert.deepEqual(cueOf(rep(3, 90), 3, GOAL), { kind: "valid", words: "3 of 10" });
  assert.deepEqual(cueOf(rep(4, 80), 3, GOAL), { kind: "partial", words: "10 degrees short. Still 3 of 10." });
  assert.equal(cueOf(rep(5, 90), 5, GOAL).kind, "set");
  assert.equal(cueOf(rep(10, 90), 10, GOAL).kind, "done");
  assert.equal(cueOf(rep(11, 90), 11, GOAL).kind, "valid");
  assert.deepEqual([0, 4, 5, 9, 12].map((valid) => setAt(valid, GOAL)), [1, 1, 2, 2, 2]);
  assert.equal(setAt(4, { ...GOAL, sets: 1 }), null);
  assert.equal(cueOf(rep(1, 90), 1, { ...GOAL, reps: null }).words, "1");
});

void test("a summary tells what was reached, and the farthest way in the direction of the target", () => {
  const reps = [rep(1, 88), rep(2, 70, 0), rep(3, 95, 4)];
  assert.deepEqual(summarise(reps, GOAL), { valid: 2, partial: 1, bestAngle: 95, meanAngle: 253 / 3, longestHoldS: 4 });
  assert.equal(summarise(reps, { ...GOAL, restAngle: 105, targetAngle: 10 }).bestAngle, 70);
  assert.deepEqual(summarise([], GOAL), { valid: 0, partial: 0, bestAngle: null, meanAngle: null, longestHoldS: 0 });
  assert.deepEqual(heightsOf([rep(1, 45), rep(2, 90)], GOAL), { bars: [0.5, 1], target: 1 });
});

const EXERCISE = { day_of_week: 3, target_reps: 10 } as Exercise;
const day = (iso: string, due_reps: number, done_reps: number): RehabDay => ({
  ...{ plan_id: "p", day: iso, due_reps, done_reps, completed_reps: done_reps, self_reported_reps: 0 },
});

void test("weeks begin on Monday and know no zone", () => {
  assert.equal(mondayOf("2026-11-29"), "2026-11-23");
  assert.equal(mondayOf("2026-11-23"), "2026-11-23");
  assert.deepEqual([weekdayOf("2026-11-29"), addDays("2026-12-31", 1)], [7, "2027-01-01"]);
});

void test("a week shows what was done, missed and is to come, and counts what is over or done", () => {
  const rows = [day("2026-11-23", 10, 10), day("2026-11-24", 10, 4), day("2026-11-24", 10, 6), day("2026-11-25", 10, 0)];
  const week = weekOf("2026-11-23", "2026-11-26", [...rows, day("2026-11-26", 10, 3)], [{ ...EXERCISE, day_of_week: 5 }]);
  assert.deepEqual(week.map(({ kind }) => kind), ["done", "part", "missed", "open", "planned", "rest", "rest"]);
  assert.equal(complianceOf(week), 50);
  const newer = weekOf("2026-11-23", "2026-11-26", [day("2026-11-26", 10, 3)], [{ ...EXERCISE, due: true, done_reps: 10 }]);
  assert.equal(newer[3]?.kind, "done");
  assert.equal(complianceOf(weekOf("2026-11-30", "2026-11-26", [], [EXERCISE])), null);
  assert.equal(nextDue("2026-11-26", [EXERCISE]), "2026-12-02");
  assert.equal(nextDue("2026-11-26", []), null);
});

void test("amounts are said as people say them", () => {
  const amount = { target_reps: 30, sets: 3, hold_s: 2.5, target_angle: 89.6 };
  assert.equal(sayAmount(amount), "3 sets of 10 · hold each for 2.5 s · to 90°");
  assert.equal(sayAmount({ target_reps: 1, sets: 1, hold_s: 0, target_angle: null }), "1 repetition");
});

void test("a picture of our own is shown, one from elsewhere is a link, and what is no web address is neither", () => {
  const origin = "https://hub.example.org";
  assert.equal(mediaOf("https://hub.example.org/media/knee.PNG", origin)?.kind, "picture");
  assert.deepEqual(mediaOf("https://www.example.org/knee.png", origin), {
    ...{ kind: "link", href: "https://www.example.org/knee.png", host: "example.org" },
  });
  for (const url of ["javascript:alert(1)", "http://example.org/a.png", "knee.png"]) assert.equal(mediaOf(url, origin), null);
});

const problem = (status: number): Problem => new Problem(status, "", "", "", null, "");

void test("what the hub refuses is not said again, and what nobody heard is", async () => {
  assert.deepEqual([0, 429, 503, 409, 422].map((status) => isAway(problem(status))), [true, true, true, false, false]);
  const signal = new AbortController().signal;
  let tries = 0;
  const refused = (): Promise<never> => {
    tries += 1;
    return Promise.reject(problem(409));
  };
  await assert.rejects(untilHeard(refused, assert.fail, signal), { status: 409 });
  assert.equal(tries, 1);
  assert.equal(await untilHeard(() => Promise.resolve(7), assert.fail, signal), 7);
});

void test("whoever leaves stops trying", async () => {
  const left = new AbortController();
  const unheard = (): Promise<never> => {
    left.abort();
    return Promise.reject(problem(0));
  };
  await assert.rejects(untilHeard(unheard, assert.fail, left.signal), { status: 0 });
});

void test("an exercise of other days stands there once, and not where it is due today", () => {
  const of = (day_of_week: number, name: string, due = false): Exercise => ({ ...EXERCISE, name, day_of_week, due });
  const others = othersOf([of(5, "Slides"), of(1, "Slides"), of(3, "Sits"), of(2, "Sits", true)]);
  assert.deepEqual(others.map(({ exercise, weekdays }) => [exercise.name, weekdays]), [["Slides", [1, 5]]]);
  assert.equal(sayWeekdays([1, 5]), "Monday, Friday");
});

void test("the day is that of the place", () => {
  const ms = Date.parse("2026-11-23T20:00:00Z");
  assert.deepEqual([dayIn("Asia/Kolkata", ms), dayIn("America/New_York", ms)], ["2026-11-24", "2026-11-23"]);
});
