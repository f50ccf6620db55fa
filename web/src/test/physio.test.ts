import assert from "node:assert/strict";
import { test } from "node:test";
import { broken, extremesOf, heightOf } from "../physio/curve.ts";
import { directionOf, nameOfMotion, nameOfPart, normOf, NO_TARGET, shortOf } from "../physio/joints.ts";
import { isSilent, sayNow, sayRepetitions } from "../physio/live-words.ts";
import type { LiveJoint } from "../physio/live.ts";
import { marksOf, repetitionFrom, sayDegrees, sayOffset, tallyOf } from "../physio/repetition.ts";
import type { RepetitionRecord } from "../physio/repetition.ts";
import { around, isWhole, panned, within, zoomed } from "../physio/zoom.ts";

const KNEE = { rest_angle: 2, target_angle: 100, target_reps: 10 };
const STANDING_UP = { rest_angle: 105, target_angle: 5, target_reps: 5 };

const RECORD: RepetitionRecord = {
  ...{ joint: "right_knee_flexion", number: 1, peak_angle: 88, range_deg: 86, hold_s: 0, out_s: 1, back_s: 1.5 },
  ...{ started_at: "2026-01-05T10:00:01Z", peak_at: "2026-01-05T10:00:02Z", ended_at: "2026-01-05T10:00:03.500Z" },
  ...{ smoothness: 0.4, valid: false },
};

const JOINT: LiveJoint = {
  ...{ joint: "right_knee_flexion", restAngle: 2, targetAngle: 100, targetReps: 10, count: 3, valid: 2, phase: "out" },
  ...{ angle: 80, angleAtMs: 10_000, peakAngle: 80, shortDeg: 20.4, holdS: 0, trace: { seconds: [], angles: [] } },
  repetitions: [],
};

void test("the norm of a joint is that of both sides, and some have none", () => {
  assert.deepEqual(normOf("left_knee_flexion"), [0, 135]);
  assert.deepEqual(normOf("right_knee_flexion"), [0, 135]);
  assert.equal(normOf("right_knee_rotation"), null);
});

void test("how short a peak is goes the way of the movement, and nothing is short within five degrees", () => {
  assert.equal(directionOf(KNEE), 1);
  assert.equal(directionOf(STANDING_UP), -1);
  assert.equal(shortOf(KNEE, 88), 12);
  assert.equal(shortOf(KNEE, 95), 0);
  assert.equal(shortOf(KNEE, 120), 0);
  assert.equal(shortOf(STANDING_UP, 30), 25);
  assert.equal(shortOf(STANDING_UP, -3), 0);
  assert.equal(shortOf(NO_TARGET, 30), null);
});

void test("a line is broken where nothing was measured, and not where a sample was lost", () => {
  assert.deepEqual(broken([0, 0.1, 0.2, 0.4, 3, 3.1], [1, 2, 3, 4, 5, 6]), {
    seconds: [0, 0.1, 0.2, 0.4, 1.7, 3, 3.1],
    angles: [1, 2, 3, 4, null, 5, 6],
  });
  assert.deepEqual(broken([], []), { seconds: [], angles: [] });
  assert.deepEqual(broken([0, 10, 20, 30], [1, 2, 3, 4]).angles, [1, 2, 3, 4], "far apart, but evenly");
});

void test("a chart is as high as its curve and what is to be reached", () => {
  const curve = broken([0, 1], [10, 40]);
  assert.deepEqual(extremesOf(curve), [10, 40]);
  assert.equal(extremesOf(broken([], [])), null);
  const [from, to] = heightOf(curve, [100, null]);
  assert.ok(from <= 0 && to >= 110, `${from} to ${to}`);
  assert.deepEqual(heightOf(broken([], []), []), [-10, 100]);
});

void test("looking closer stays inside of the recording and keeps what is under the pointer", () => {
  const whole = [0, 100] as const;
  assert.deepEqual(zoomed([0, 100], 0.5, whole), [25, 75]);
  assert.deepEqual(zoomed([0, 100], 0.5, whole, 0), [0, 50]);
  assert.deepEqual(zoomed([40, 60], 100, whole), [0, 100]);
  assert.deepEqual(panned([20, 40], 1e6, whole), [80, 100]);
  assert.deepEqual(panned([20, 40], -0.5, whole), [10, 30]);
  assert.deepEqual(within([50, 50.2], whole), [49.6, 50.6]);
  assert.deepEqual(within([5, 6], [0, 0.5]), [0, 0.5]);
  assert.ok(isWhole([0, 100], whole) && !isWhole([0, 90], whole));
  assert.deepEqual(around(10, 14, whole), [7, 17]);
});

void test("a repetition is marked where it was on the axis of its chart", () => {
  const one = repetitionFrom(RECORD, KNEE);
  assert.ok(one !== null);
  assert.equal(one.shortDeg, 12);
  assert.deepEqual(marksOf([one], Date.parse("2026-01-05T10:00:00Z")), [
    { number: 1, startS: 1, peakS: 2, endS: 3.5, peak: 88, valid: false },
  ]);
  assert.equal(repetitionFrom({ ...RECORD, started_at: null }, KNEE), null, "one that was only stated");
});

void test("the best repetition is the one that goes farthest the way it should", () => {
  const of = (number: number, peak: number, valid: boolean): RepetitionRecord => ({ ...RECORD, number, peak_angle: peak, valid });
  const all = [of(1, 30, false), of(2, 3, true), of(3, 12, false)].flatMap((row) => repetitionFrom(row, STANDING_UP) ?? []);
  assert.equal(tallyOf([], 1), null);
  assert.equal(tallyOf(all, -1)?.best.number, 2);
  assert.equal(tallyOf(all, 1)?.best.number, 1);
  assert.equal(tallyOf(all, -1)?.valid, 1);
  assert.equal(tallyOf(all, -1)?.meanPeak, 15);
});

void test("times are as clocks show them", () => {
  assert.equal(sayOffset(67), "1:07");
  assert.equal(sayOffset(67.25), "1:07.3");
  assert.equal(sayOffset(59.97), "1:00");
  assert.equal(sayOffset(3_667), "1:01:07");
  assert.equal(sayOffset(-4), "0:00");
});

void test("what is said of a joint that moves is what the next repetition needs", () => {
  assert.equal(sayNow(JOINT), "20° short");
  assert.equal(sayNow({ ...JOINT, shortDeg: 0, holdS: 1.24 }), "Held 1.2 s");
  assert.equal(sayNow({ ...JOINT, shortDeg: 0 }), "Target reached");
  assert.equal(sayNow({ ...JOINT, phase: "rest", angle: 6 }), "At rest");
  assert.equal(sayNow({ ...JOINT, angle: null }), "The sensor has sent nothing yet");
  assert.equal(sayNow({ ...JOINT, targetAngle: null, shortDeg: null }), "Moving");
  assert.ok(isSilent(JOINT, 14_000) && !isSilent(JOINT, 12_000));
});

void test("those who hear the page are told of each repetition", () => {
  const last = repetitionFrom(RECORD, KNEE);
  assert.ok(last !== null);
  assert.equal(sayRepetitions({ ...JOINT, repetitions: [last] }), "2 of 10, 1 partial. The last one: 88°, 12° short.");
  assert.equal(sayRepetitions({ ...JOINT, repetitions: [] }), "No repetition yet.");
});

void test("what goes down from the resting pose is called by its own name", () => {
  assert.equal(nameOfMotion("right_knee_flexion", KNEE), "Right knee flexion");
  assert.equal(nameOfMotion("right_knee_flexion", STANDING_UP), "Right knee extension");
  assert.equal(nameOfMotion("neck_rotation", STANDING_UP), "Neck rotation");
  assert.equal(nameOfPart("right_knee_flexion"), "Right knee");
});

void test("degrees below zero have the sign of minus", () => {
  assert.deepEqual([sayDegrees(-22.6), sayDegrees(-0.4), sayDegrees(3.4), sayDegrees(null)], ["−23°", "0°", "3°", "–"]);
});

void test("who comes back is not at rest yet", () => {
  assert.equal(sayNow({ ...JOINT, phase: "rest", angle: 80 }), "Between repetitions");
  assert.equal(sayNow({ ...JOINT, phase: "rest", angle: 6 }), "At rest");
  assert.equal(sayNow({ ...JOINT, phase: "rest", angle: 80, restAngle: null }), "At rest");
});
