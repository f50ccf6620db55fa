import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.ts";
import { latitudeOf, longitudeOf, unitX, unitY } from "../map/mercator.ts";
import { Playback } from "../playback.ts";
import { stepFor, wantedAt, windowsOf } from "../playback-plan.ts";
import { Reel } from "../playback-reel.ts";
import { PlaybackWindow } from "../playback-window.ts";
import type { PlaybackAnswer, PlaybackTrack } from "../playback-window.ts";
import type { Span } from "../track-spans.ts";

const MINUTE = 60_000;
const TEN = Date.UTC(2026, 10, 23, 10);
const FIRST: Span = { fromMs: TEN, toMs: TEN + 10 * MINUTE };
const SECOND: Span = { fromMs: FIRST.toMs, toMs: FIRST.toMs + 10 * MINUTE };

function answer(tracks: readonly PlaybackTrack[], step_s = 5): PlaybackAnswer {
  return { from: "", to: "", step_s, tracks };
}

function reelOf(first: readonly PlaybackTrack[], second: readonly PlaybackTrack[] = []): Reel {
  const reel = new Reel();
  reel.choose([FIRST, SECOND], 10);
  reel.add(new PlaybackWindow(FIRST.fromMs, FIRST.toMs, answer(first)));
  reel.add(new PlaybackWindow(SECOND.fromMs, SECOND.toMs, answer(second)));
  return reel;
}

/** Let everything that waits only for a promise happen. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Hub {
  readonly asked: Span[] = [];
  readonly given: AbortSignal[] = [];
  problem: Problem | null = null;
  /** Answers wait while it is set. */
  silent = false;
  readonly playback = new Playback(
    (span, _stepS, signal) => {
      this.asked.push(span);
      this.given.push(signal);
      if (this.silent) return new Promise(() => undefined);
      return this.problem === null ? Promise.resolve(answer([])) : Promise.reject(this.problem);
    },
    () => 10,
    TEN + 60 * MINUTE,
    60,
  );
}

void test("the unit square leads back to degrees", () => {
  for (const [latitude, longitude] of [[12.97, 77.59], [-33.9, -151.2], [0, 0]] as const) {
    assert.ok(Math.abs(latitudeOf(unitY(latitude)) - latitude) < 1e-9);
    assert.ok(Math.abs(longitudeOf(unitX(longitude)) - longitude) < 1e-9);
  }
});

void test("a place is kept within centimetres", () => {
  const window = new PlaybackWindow(FIRST.fromMs, FIRST.toMs, answer([[7, [1], [12.9716], [77.5946]]]));
  assert.ok(Math.abs(latitudeOf(window.y(0)) - 12.9716) < 3e-7);
  assert.ok(Math.abs(longitudeOf(window.x(0)) - 77.5946) < 3e-7);
});

void test("between two points that belong together an ambulance moves evenly", () => {
  const seen = reelOf([[7, [0, 10], [0, 0], [77, 77.001]]]).seen(7, TEN + 4_000);
  assert.ok(seen !== null);
  assert.ok(Math.abs(longitudeOf(seen.x) - 77.0004) < 1e-6);
  assert.equal(seen.ageS, 0);
  assert.equal(Math.round(seen.heading ?? NaN), 90);
  assert.equal(Math.round(seen.speed ?? NaN), 11);
});

void test("it moves evenly from one window into the next", () => {
  const reel = reelOf([[7, [595], [0], [77]]], [[7, [-5, 5], [0, 0], [77, 77.001]]]);
  for (const seconds of [598, 602]) {
    const seen = reel.seen(7, TEN + seconds * 1000);
    assert.ok(Math.abs(longitudeOf(seen?.x ?? 0) - (77 + (seconds - 595) / 10_000)) < 1e-6);
  }
});

void test("a gap is not bridged: it stays where it was last heard, ages, and goes", () => {
  const reel = reelOf([[7, [0, 590], [0, 0], [77, 78]]]);
  assert.equal(longitudeOf(reel.seen(7, TEN + 100_000)?.x ?? 0).toFixed(6), "77.000000");
  const freshness = [30, 100, 400].map((seconds) => reel.seen(7, TEN + seconds * 1000)?.freshness);
  assert.deepEqual(freshness, ["live", "stale", "lost"]);
  assert.equal(reel.seen(7, TEN - 1), null);
  assert.equal(reelOf([[7, [-590], [0], [77]]]).seen(7, TEN + 11_000), null);
  assert.equal(reel.seen(8, TEN), null);
});

void test("a trail goes back through windows and leaves a hole for a gap", () => {
  const reel = reelOf([[7, [100, 105, 400, 405], [0, 0, 0, 0], [1, 2, 3, 4]]], [[7, [-195, 5], [0, 0], [4, 5]]]);
  const trail = reel.trail(7, SECOND.fromMs + 6_000, 600);
  assert.deepEqual(trail.map((point) => point && Math.round(longitudeOf(point.x))), [5, null, 4, 3, null, 2, 1]);
});

void test("the larger the fleet, the coarser the steps, so that a window stays small", () => {
  assert.deepEqual([0, 10, 100, 500, 1_000, 5_000, 50_000].map(stepFor), [1, 1, 1, 3, 10, 30, 60]);
});

void test("windows begin at round moments and end with the range", () => {
  const range = { fromMs: TEN - 3 * MINUTE, toMs: TEN + 12 * MINUTE };
  const starts = windowsOf(range).map(({ fromMs, toMs }) => [(fromMs - TEN) / MINUTE, (toMs - TEN) / MINUTE]);
  assert.deepEqual(starts, [[-10, 0], [0, 10], [10, 12]]);
});

void test("the faster it plays, the further it reads ahead", () => {
  const windows = windowsOf({ fromMs: TEN, toMs: TEN + 120 * MINUTE });
  const counts = [1, 60, 300].map((speed) => wantedAt(windows, TEN, speed).length);
  assert.deepEqual(counts, [2, 2, 6]);
  assert.equal(wantedAt(windows, TEN + 120 * MINUTE, 1).length, 1, "the very end shows the last window");
});

void test("a playback reads what comes up and nothing twice", async () => {
  const hub = new Hub();
  hub.playback.start();
  await settled();
  assert.equal(hub.asked.length, 2);
  hub.playback.seek(TEN + 5 * MINUTE);
  hub.playback.seek(TEN);
  await settled();
  assert.equal(hub.asked.length, 2);
  hub.playback.choose(TEN + 50 * MINUTE, 30);
  await settled();
  assert.equal(new Set(hub.asked.map((span) => span.fromMs)).size, hub.asked.length);
});

void test("the clock waits for its window and stands at the end", async () => {
  const hub = new Hub();
  hub.playback.play();
  hub.playback.advance(1_000);
  assert.equal(hub.playback.atMs, TEN);
  assert.ok(hub.playback.waiting);
  await settled();
  hub.playback.hasten(60);
  hub.playback.advance(1_000);
  assert.equal(hub.playback.atMs, TEN + MINUTE);
  hub.playback.seek(TEN + 60 * MINUTE - 1);
  await settled();
  hub.playback.advance(1_000);
  assert.deepEqual([hub.playback.atMs, hub.playback.playing], [TEN + 60 * MINUTE, false]);
  hub.playback.toggle();
  assert.deepEqual([hub.playback.atMs, hub.playback.playing], [TEN, true]);
});

void test("a seek gives up what nobody waits for, and a slider that moves asks for nothing", async () => {
  const hub = new Hub();
  hub.silent = true;
  hub.playback.start();
  hub.playback.scrub(TEN + 40 * MINUTE);
  assert.equal(hub.asked.length, 2);
  hub.playback.seek(TEN + 40 * MINUTE);
  assert.deepEqual(hub.given.map((signal) => signal.aborted), [true, true, false, false]);
  hub.playback.stop();
  assert.ok(hub.given.every((signal) => signal.aborted));
});

void test("after a failure nothing is asked for until somebody says so", async () => {
  const hub = new Hub();
  hub.problem = new Problem(0, "unreachable", "", "", null, "");
  hub.playback.start();
  await settled();
  assert.equal(hub.playback.problem, hub.problem);
  const asked = hub.asked.length;
  hub.playback.seek(TEN + 30 * MINUTE);
  await settled();
  assert.equal(hub.asked.length, asked);
  hub.problem = null;
  hub.playback.retry();
  await settled();
  assert.ok(!hub.playback.waiting);
  assert.equal(hub.playback.problem, null);
});
