import assert from "node:assert/strict";
import { test } from "node:test";
import * as time from "../track-time.ts";

/** Run `task` where clocks are set as in `zone`. */
function inZone(zone: string, task: () => void): void {
  const before = process.env["TZ"];
  process.env["TZ"] = zone;
  try {
    task();
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

void test("durations and distances are as short as they can be read", () => {
  assert.deepEqual([0, 45, 90, 3599, 3900, 190_000].map(time.duration), ["0 s", "45 s", "2 min", "1 h", "1 h 05 min", "2 d 4 h"]);
  assert.deepEqual([0, 994, 996, 12_449, 240_300].map(time.distance), ["0 m", "994 m", "1.0 km", "12.4 km", "240 km"]);
});

void test("wall time is read and written in the zone of the machine, with daylight saving", () => {
  inZone("Europe/Berlin", () => {
    assert.equal(time.fromInput("2026-01-15T12:00"), Date.UTC(2026, 0, 15, 11));
    assert.equal(time.fromInput("2026-07-15T12:00"), Date.UTC(2026, 6, 15, 10));
    assert.equal(time.toInput(Date.UTC(2026, 6, 15, 10)), "2026-07-15T12:00");
    // the hour that happens twice is its first, the one that is left out counts on
    assert.equal(time.fromInput("2026-10-25T02:30"), Date.UTC(2026, 9, 25, 0, 30));
    assert.equal(time.fromInput("2026-03-29T02:30"), Date.UTC(2026, 2, 29, 1, 30));
  });
  assert.deepEqual(["", "2026-01-15", "soon"].map(time.fromInput), [null, null, null]);
});

void test("a day on which clocks change has 23 or 25 hours", () => {
  inZone("Europe/Berlin", () => {
    const [spring, autumn] = [Date.UTC(2026, 2, 29, 12), Date.UTC(2026, 9, 25, 12)];
    const hours = [spring, autumn].map((ms) => (time.midnight(ms, 1) - time.midnight(ms)) / 3_600_000);
    assert.deepEqual(hours, [23, 25]);
  });
});

void test("ticks stand at round times of the clock here, also where it is half an hour off", () => {
  inZone("Asia/Kolkata", () => {
    const from = Date.UTC(2026, 10, 23, 8, 7);
    assert.deepEqual(time.ticks(from, from + 3_600_000, 30).map(clock), ["08:30", "09:00"]);
    assert.deepEqual(time.ticks(from, from + 4 * 3_600_000, 60).map(clock), ["08:30", "09:30", "10:30", "11:30"]);
    assert.deepEqual(time.ticks(from, from + 900_000, 5).map(clock), ["08:10", "08:15", "08:20"]);
  });
});

void test("ticks leave out the hour that is left out, and stand twice in the one that happens twice", () => {
  inZone("Europe/Berlin", () => {
    const spring = Date.UTC(2026, 2, 29, 0, 10);
    assert.deepEqual(time.ticks(spring, spring + 3 * 3_600_000, 60).map(clock), ["01:00", "02:00", "03:00"]);
    const autumn = Date.UTC(2026, 9, 24, 23, 30);
    assert.deepEqual(time.ticks(autumn, autumn + 3 * 3_600_000, 60).map(clock), ["00:00", "01:00", "02:00"]);
  });
});
