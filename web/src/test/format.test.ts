import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../format.ts";
import { unitX, unitY } from "../map/mercator.ts";

void test("ages are short, and never negative", () => {
  const texts = [-3, 4.9, 59.9, 65, 600, 3599, 11_400, 200_000].map(format.age);
  assert.deepEqual(texts, ["0 s", "4 s", "59 s", "1:05 min", "10 min", "59 min", "3 h 10 min", "2 d"]);
});

void test("speeds are km/h, headings have a point of the compass, and unknown is a dash", () => {
  assert.deepEqual([10, 0, null].map(format.speed), ["36", "0", "–"]);
  assert.deepEqual([0, 134.6, 359.7, null].map(format.heading), ["0° N", "135° SE", "0° N", "–"]);
  assert.equal(format.accuracy(7.6), "± 8 m");
  assert.equal(format.coordinates(-12.5, 77), "12.50000° S, 77.00000° E");
});

void test("the world is the unit square of Web Mercator", () => {
  assert.deepEqual([unitX(-180), unitX(0), unitX(180)], [0, 0.5, 1]);
  assert.ok(Math.abs(unitY(85.0511287798)) < 1e-9);
  assert.equal(unitY(0), 0.5);
  assert.ok(Math.abs(unitY(90)) < 1e-9);
});
