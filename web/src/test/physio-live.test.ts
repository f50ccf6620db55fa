/** What a page shows of the rows of a session. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { StateRow, StateTables } from "@arogya/client";
import { PhysioFeed } from "../physio/feed.ts";
import { sessionOf } from "../physio/live.ts";

type Rows = Readonly<Record<string, readonly StateRow[]>>;

interface Vector {
  readonly name: string;
  readonly after: { readonly tables: Rows };
  readonly drawn: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

/** The tests run in `web`. */
const text = readFileSync(join(process.cwd(), "..", "docs", "protocol", "physio.json"), "utf8");
const { vectors } = JSON.parse(text) as { vectors: Vector[] };

function tablesOf(rows: Rows): StateTables {
  return new Map(Object.entries(rows).map(([name, each]) => [name, new Map(each.map((row) => [row[0] as number, row]))]));
}

for (const { name, after, drawn } of vectors) {
  void test(`a page draws a session: ${name}`, () => {
    const session = sessionOf("id", tablesOf(after.tables));
    for (const { joint, trace, angle, angleAtMs } of session?.joints ?? []) {
      const points = trace.seconds.map((second, place) => [Math.round(second * 1e6), trace.angles[place]]);
      const told = drawn[joint] ?? [];
      assert.deepEqual(points.slice(0, told.length), told);
      const last = told.at(-1)?.[0] ?? 0;
      const ahead = angleAtMs !== null && angleAtMs * 1e3 > last ? [[angleAtMs * 1e3, angle]] : [];
      assert.deepEqual(points.slice(told.length), ahead);
    }
  });
}

const SESSION = [0, "in_progress", "neck_flexion", 1e6, null, null];
const joint = (key: number, name: string): StateRow => [key, name, null, 40, 10, 1, 1, "rest", null, null, null, null, 0];
const repetition = (key: number, of: number, number: number): StateRow => {
  return [key, of, number, 1e6, 2e6, 3e6, 41, 40, 0.5, 1, 1, 0.5, true, 0];
};

void test("the joint that the session is about comes first", () => {
  const tables = tablesOf({ session: [SESSION], joints: [joint(1, "left_hip_flexion"), joint(29, "neck_flexion")] });
  assert.deepEqual(sessionOf("id", tables)?.joints.map((one) => one.joint), ["neck_flexion", "left_hip_flexion"]);
});

void test("each repetition is told once, and none of those that were there before", () => {
  const feed = new PhysioFeed("id");
  const told: number[] = [];
  const stop = feed.onRepetition(({ number }) => void told.push(number));
  const rows = { session: [SESSION], joints: [joint(29, "neck_flexion")], repetitions: [repetition(1001, 29, 1)] };
  feed.onState(tablesOf(rows), { whole: true, set: rows });
  assert.equal(feed.session.value?.joints[0]?.repetitions.length, 1);
  const next = { ...rows, repetitions: [repetition(1001, 29, 1), repetition(1002, 29, 2)] };
  feed.onState(tablesOf(next), { whole: false, set: { repetitions: next.repetitions } });
  feed.onState(tablesOf(next), { whole: true, set: next });
  stop();
  feed.onState(tablesOf(next), { whole: false, set: { repetitions: [repetition(1003, 29, 3)] } });
  assert.deepEqual(told, [2]);
});

void test("a session that is refused says so until it is seen again", () => {
  const feed = new PhysioFeed("id");
  feed.onRefused();
  assert.equal(feed.refused.value, true);
  feed.onState(tablesOf({ session: [SESSION] }), { whole: true, set: {} });
  assert.equal(feed.refused.value, false);
});
