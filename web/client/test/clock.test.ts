import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../src/clock.ts";

void test("the round trip that was fastest tells the time best", () => {
  const clock = new ServerClock();
  clock.observe(9_000_000, 10);
  assert.equal(clock.offsetUs, 8_990_000);
  clock.measure(1_000, 11_050_000, 1_100); // 50 ms each way
  assert.equal(clock.offsetUs, 10_000_000);
  clock.measure(2_000, 12_190_000, 2_200); // 190 ms there, 10 ms back
  assert.equal(clock.offsetUs, 10_000_000);
  clock.measure(3_000, 13_005_000, 3_010);
  assert.equal(clock.offsetUs, 10_000_000);
  assert.equal(clock.roundTripMs, 10);
});

void test("a local clock that was set is believed at the next round trip", () => {
  const clock = new ServerClock();
  clock.measure(1_000, 1_005_000, 1_010);
  clock.measure(3_601_000, 2_005_000, 3_601_010); // an hour was put on
  assert.equal(clock.nowUs(3_601_005), 2_005_000);
  clock.measure(5_000_000, 3_000_000, 1_400_000); // set back while the question was on its way
  assert.equal(clock.roundTripMs, null);
});

void test("old round trips are forgotten, so that a drifting clock is followed", () => {
  const clock = new ServerClock();
  clock.measure(0, 0, 2);
  for (let round = 1; round <= 8; round += 1) clock.measure(round * 10_000, round * 10_000_000 + 100_000, round * 10_000 + 40);
  assert.ok(Math.abs(clock.offsetUs - 80_000) < 1);
});
