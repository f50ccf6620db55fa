import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.ts";
import { totalsOf, TripReports } from "../trips.ts";
import type { Trip } from "../trips.ts";

const SPAN = { fromMs: 0, toMs: 3_600_000 };

function trip(kind: Trip["kind"], durationS: number, distanceM: number): Trip {
  const place = [12.97, 77.59] as const;
  return { ...SPAN, kind, durationS, distanceM, speedMax: null, speedMean: null, start: place, end: place };
}

void test("trips add up without their stops, and stops without their trips", () => {
  const items = [trip("trip", 600, 4_000), trip("stop", 900, 12), trip("trip", 300, 2_500)];
  assert.deepEqual(totalsOf(items), { trips: 2, stops: 1, distanceM: 6_500, drivingS: 900, standingS: 900 });
});

void test("a report is kept until it is renewed, and the oldest goes when there are too many", async () => {
  const asked: number[] = [];
  const reports = new TripReports((id) => {
    asked.push(id);
    return Promise.resolve([trip("trip", asked.length, 0)]);
  });
  const { signal } = new AbortController();
  await reports.renew("7 hour", 7, SPAN, signal);
  await reports.renew("7 hour", 7, SPAN, signal);
  assert.equal(reports.find("7 hour")?.items[0]?.durationS, 2);
  assert.equal(reports.find("8 hour"), null);
  for (let id = 100; id < 116; id += 1) await reports.renew(`${id} hour`, id, SPAN, signal);
  assert.equal(reports.find("7 hour"), null);
  assert.notEqual(reports.find("115 hour"), null);
});

void test("a report that is given up is no failure, and one that fails is", async () => {
  const problem = new Problem(0, "unreachable", "", "", null, "");
  const reports = new TripReports(() => Promise.reject(problem));
  const given = new AbortController();
  given.abort();
  assert.equal(await reports.renew("7", 7, SPAN, given.signal), null);
  await assert.rejects(reports.renew("7", 7, SPAN, new AbortController().signal), problem);
});
