import assert from "node:assert/strict";
import { test } from "node:test";
import { append, boxOf, isGap, metresBetween, NO_TRACK, replace, within } from "../track.ts";
import type { Track, TrackPoint } from "../track.ts";
import { classOf } from "../track-colour.ts";
import { summarise } from "../track-summary.ts";

const DEGREE_M = 111_195; // of latitude

/** A point at `seconds`, `metres` north of the equator. */
function at(seconds: number, metres = 0, speed: number | null = null): TrackPoint {
  return { tMs: seconds * 1000, latitude: metres / DEGREE_M, longitude: 77, speed };
}

const track = (points: TrackPoint[], rest: Partial<Track> = {}): Track => ({ ...NO_TRACK, points, ...rest });
const span = (fromS: number, toS: number): { fromMs: number; toMs: number } => ({ fromMs: fromS * 1000, toMs: toS * 1000 });
const seconds = (one: Track): number[] => one.points.map((point) => point.tMs / 1000);

void test("a degree of latitude is 111 km", () => {
  assert.ok(Math.abs(metresBetween(at(0), at(0, DEGREE_M)) - DEGREE_M) < 1);
});

void test("what was read takes the place of what was there in its time, and leaves the rest", () => {
  const known = track([at(0), at(10), at(20), at(30)], { gaps: [span(100, 300)] });
  const read = track([at(10), at(15)], { gaps: [span(300, 380)] });
  assert.deepEqual(seconds(replace(known, span(10, 25), read)), [0, 10, 15, 30]);
  assert.deepEqual(replace(known, span(10, 25), read).gaps, [span(100, 380)]);
});

void test("a gap that was only not read yet goes when it is read", () => {
  let known = append(track([at(0)]), at(600, 5_000));
  assert.deepEqual(known.gaps, [span(0, 600)]);
  known = replace(known, span(1, 599), track([at(200, 2_000), at(400, 4_000)]));
  assert.deepEqual(known.gaps, []);
});

void test("a stop that two reads cut in two is one", () => {
  const stop = { ...span(0, 100), latitude: 1, longitude: 77 };
  const known = replace(NO_TRACK, span(0, 100), track([at(0)], { stops: [stop] }));
  const whole = replace(known, span(100, 200), track([at(150)], { stops: [{ ...stop, ...span(101, 180) }] }));
  assert.deepEqual(whole.stops, [{ ...stop, ...span(0, 180) }]);
});

void test("a live track grows, straight drives need no points between, and a stop goes on", () => {
  let known = NO_TRACK;
  for (let second = 0; second <= 20; second += 1) known = append(known, at(second, second * 10));
  assert.deepEqual(seconds(known), [0, 20]);
  assert.deepEqual(seconds(append(known, at(19))), [0, 20], "what is older changes nothing");
  const standing = track([at(0)], { stops: [{ ...span(-300, 0), latitude: 0, longitude: 77 }] });
  assert.equal(append(standing, at(5, 8)).stops[0]?.toMs, 5_000);
  assert.equal(append(standing, at(5, 500)).stops[0]?.toMs, 0);
});

void test("silence is a gap and no drive", () => {
  const known = append(append(track([at(0)]), at(30, 300)), at(400, 9_000));
  const [, one, other] = known.points;
  assert.ok(one !== undefined && other !== undefined && isGap(known, one, other));
  const { distanceM, drivingS, silentS, gaps } = summarise(known);
  assert.deepEqual([Math.round(distanceM), drivingS, silentS, gaps], [300, 30, 370, 1]);
});

void test("standing adds no distance", () => {
  const points = [at(0), at(100, 1_000), at(160, 1_010), at(220, 1_000), at(320, 2_000)];
  const known = track(points, { stops: [{ ...span(100, 220), latitude: 0, longitude: 77 }] });
  const { distanceM, drivingS, standingS, stops } = summarise(known);
  assert.deepEqual([Math.round(distanceM), drivingS, standingS, stops], [2_000, 200, 120, 1]);
});

void test("a part of a track has its points and the parts of its stops and gaps", () => {
  const known = track([at(0), at(50), at(100), at(150)], { gaps: [span(60, 95)] });
  const part = within(known, span(50, 90));
  assert.deepEqual([seconds(part), part.gaps], [[50], [span(60, 90)]]);
});

void test("a box holds every place, and nothing has none", () => {
  assert.equal(boxOf([]), null);
  assert.deepEqual(boxOf([{ latitude: 1, longitude: 8 }, { latitude: -2, longitude: 7 }]), [-2, 7, 1, 8]);
});

void test("colours tell how fast, by the device at short distances, and else by the distance", () => {
  const range = span(0, 100);
  const classes = [2, 5, 10, 20, 30].map((speed) => classOf(at(0), at(1, 0, speed), "speed", range));
  assert.deepEqual(classes, [0, 1, 2, 3, 4]);
  assert.equal(classOf(at(0), at(60, 1_200, 0), "speed", range), 3);
  assert.deepEqual([at(1), at(50), at(100)].map((point) => classOf(at(0), point, "time", range)), [0, 2, 4]);
});
