import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.ts";
import { NO_TRACK } from "../track.ts";
import { TrackHistory } from "../track-history.ts";
import { LAST_HOUR, objection, rangeOf } from "../track-range.ts";
import { join, missing, parts } from "../track-spans.ts";
import type { Span } from "../track-spans.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 23, 14, 5);

const hours = (from: number, to: number): Span => ({ fromMs: NOW + from * HOUR, toMs: NOW + to * HOUR });

class Hub {
  readonly asked: Span[] = [];
  problem: Problem | null = null;
  readonly history = new TrackHistory(
    (span) => {
      this.asked.push(span);
      return this.problem === null ? Promise.resolve(NO_TRACK) : Promise.reject(this.problem);
    },
    () => undefined,
  );
}

void test("stretches that touch are one, and what is missing lies between", () => {
  const known = join(join([hours(-4, -3)], hours(-2, -1)), hours(-3, -2.5));
  assert.deepEqual(known, [hours(-4, -2.5), hours(-2, -1)]);
  assert.deepEqual(missing(hours(-5, 0), known, 0), [hours(-5, -4), hours(-2.5, -2), hours(-1, 0)]);
  assert.deepEqual(missing(hours(-4, -1), known, HOUR), []);
});

void test("a long stretch is read in equal parts", () => {
  assert.deepEqual(parts(hours(-60, 0), 24 * HOUR), [hours(-60, -40), hours(-40, -20), hours(-20, 0)]);
});

void test("what was read is not read again, and a longer range reads only what is older", async () => {
  const hub = new Hub();
  await hub.history.want(hours(-1, 0));
  await hub.history.want(hours(-1, 0));
  await hub.history.want(hours(-8, 0));
  assert.deepEqual(hub.asked, [hours(-1, 0), hours(-8, -1)]);
});

void test("what is seen live is not read, and after an interruption only the interruption is", async () => {
  const hub = new Hub();
  hub.history.watch(NOW);
  await hub.history.want(hours(-1, 0));
  assert.deepEqual(hub.history.missing(hours(-1, 2)), []);
  hub.history.unwatch(NOW + HOUR);
  hub.history.watch(NOW + 2 * HOUR);
  await hub.history.want(hours(0, 3));
  assert.deepEqual(hub.asked.slice(1), [hours(1, 2)]);
});

void test("a failed read is told and asked for again, and nothing that came before it is lost", async () => {
  const hub = new Hub();
  hub.problem = new Problem(503, "overloaded", "Busy", "", null, "");
  await hub.history.want(hours(-1, 0));
  assert.equal(hub.history.problem, hub.problem);
  assert.equal(hub.history.progress, null);
  hub.problem = null;
  await hub.history.want(hours(-1, 0));
  assert.equal(hub.history.problem, null);
  assert.deepEqual(hub.history.missing(hours(-1, 0)), []);
});

void test("a wish that is given up reads no further part", async () => {
  const hub = new Hub();
  const wish = hub.history.want(hours(-72, 0));
  hub.history.leave();
  await wish;
  assert.equal(hub.asked.length, 1);
  assert.equal(hub.history.progress, null);
});

void test("a range that is forgotten is read anew", async () => {
  const hub = new Hub();
  await hub.history.want(hours(-2, 0));
  hub.history.forget(hours(-1, 0));
  await hub.history.want(hours(-2, 0));
  assert.deepEqual(hub.asked[1], hours(-1, 0));
});

void test("ranges end now and move on, but for days and moments that are over", () => {
  assert.deepEqual(rangeOf(LAST_HOUR, NOW), { ...hours(-1, 0), rolling: true });
  assert.deepEqual(rangeOf({ name: "custom", custom: hours(-3, -2) }, NOW), { ...hours(-3, -2), rolling: false });
  assert.deepEqual(rangeOf({ name: "custom", custom: hours(-3, 2) }, NOW), { ...hours(-3, 0), rolling: true });
  const yesterday = rangeOf({ name: "yesterday", custom: null }, NOW);
  assert.equal(yesterday.rolling, false);
  assert.equal(rangeOf({ name: "today", custom: null }, NOW).fromMs, yesterday.toMs);
});

void test("a range that cannot be is refused in a sentence", () => {
  assert.equal(objection(NOW - HOUR, NOW, NOW), null);
  assert.match(objection(null, NOW, NOW) ?? "", /both/);
  assert.match(objection(NOW, NOW, NOW) ?? "", /after/);
  assert.match(objection(NOW + 1, NOW + 2, NOW) ?? "", /not happened/);
  assert.match(objection(NOW - 32 * 24 * HOUR, NOW, NOW) ?? "", /31 days/);
});
