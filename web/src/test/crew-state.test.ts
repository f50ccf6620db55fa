import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallDetails, Report } from "@arogya/client";
import { sayEta, stepOf } from "../follow/steps.ts";
import * as states from "../tablet/crew-state.ts";
import type { Crew } from "../tablet/crew-state.ts";
import { nextStages } from "../tablet/stages.ts";
import { goalOf, navigationUrl } from "../tablet/words.ts";

const DETAILS: CallDetails = { assignment: "a1", request: "r1", priority: 1, latitude: 18.5, longitude: 73.9 };
const OFFER = { ...DETAILS, stage: "offered", offered_at: 1e15, expires_at: 1e15 + 3e7 };

const offered = (): Crew => states.told(states.NO_CREW, { kind: "offer", body: OFFER }, 0);
const busy = (): Crew => states.accepted(offered(), 1_000);

function refusal(kind: Report["kind"], body: object): Report {
  return { id: "x", kind, at: 0, body } as Report;
}

void test("an offer is there once, and accepting it makes it the crew's own until the hub says otherwise", () => {
  assert.equal(offered().offer?.expiresAtMs, 1e12 + 30_000);
  const crew = states.told(busy(), { kind: "offer", body: OFFER }, 2_000); // sounded again
  assert.equal(crew.offer, null);
  assert.deepEqual([crew.call?.at, crew.call?.times], ["accepted", { accepted: 1_000 }]);
  const answer = { id: "x", status: "refused", detail: "another unit has it" } as const;
  const lost = states.answered(crew, answer, refusal("accept", { assignment: "a1" }), 3_000);
  assert.equal(lost.call, null);
  assert.deepEqual([lost.loud?.kind, lost.loud?.words], ["recall", "another unit has it"]);
});

void test("a tapped stage can be taken back, and counts with the time of the tap once it was not", () => {
  const tapped = states.tapped(busy(), "en_route", false, 5_000, 4_000);
  assert.equal(states.takenBack(tapped).call?.at, "accepted");
  const settled = states.settled(tapped);
  assert.deepEqual([settled.call?.at, settled.call?.times.en_route, settled.pending], ["en_route", 5_000, null]);
});

void test("clearing ends the call, and nothing of the patient stays", () => {
  const there = states.settled(states.tapped(busy(), "on_scene", false, 6_000, 0));
  const cleared = states.settled(states.tapped(there, "cleared", true, 9_000, 0));
  assert.equal(cleared.call, null);
  assert.deepEqual(cleared.done, [{ assignment: "a1", priority: 1, words: "Cleared, no transport", atMs: 9_000 }]);
});

void test("a recall is loud for a call, and only tells of an offer", () => {
  const body = { assignment: "a1", request: "r1", reason: "another unit was quicker" };
  assert.equal(states.told(offered(), { kind: "recall", body }, 0).loud?.kind, "refused");
  const recalled = states.told(busy(), { kind: "recall", body }, 0);
  assert.deepEqual([recalled.call, recalled.loud?.kind], [null, "recall"]);
  assert.equal(states.told(busy(), { kind: "recall", body: { ...body, assignment: "other" } }, 0).call?.at, "accepted");
});

void test("what somebody said by radio moves the call on, and never back", () => {
  const further = states.told(busy(), { kind: "call", body: { ...DETAILS, stage: "on_scene" } as CallDetails }, 0);
  assert.equal(further.call?.at, "on_scene");
  const back = states.told(further, { kind: "call", body: { ...DETAILS, stage: "en_route" } as CallDetails }, 0);
  assert.equal(back.call?.at, "on_scene");
  const taken = states.told(offered(), { kind: "call", body: { ...DETAILS, stage: "accepted" } as CallDetails }, 0);
  assert.deepEqual([taken.offer, taken.call?.at], [null, "accepted"]);
});

void test("the hub's word replaces what was known, with the times of the taps", () => {
  const truth = { duty: "available", offer: null, call: states.callOf({ ...DETAILS, stage: "on_scene" }), notes: [] } as const;
  const crew = states.reconciled(busy(), truth, 0);
  assert.deepEqual([crew.call?.at, crew.call?.times], ["on_scene", { accepted: 1_000 }]);
  const over = states.reconciled(busy(), { ...truth, call: null }, 7_000);
  assert.deepEqual([over.call, over.loud?.kind, over.done.length], [null, "recall", 1]);
});

void test("a message is there once, and is unread until the crew has seen it", () => {
  const body = { message: "m1", text: "Hello", from: "Devi", sent_at: 1e15 };
  const once = states.told(states.NO_CREW, { kind: "message", body }, 0);
  const twice = states.told(once, { kind: "message", body }, 0);
  assert.deepEqual([twice.notes.length, twice.notes[0]?.read], [1, false]);
  assert.equal(states.allRead(twice).notes[0]?.read, true);
});

void test("who reached nobody cannot clear, and nothing goes back", () => {
  assert.deepEqual(nextStages("accepted"), ["en_route", "on_scene", "transporting", "at_destination"]);
  assert.deepEqual(nextStages("transporting"), ["at_destination", "cleared"]);
});

void test("navigation leads to the patient first, then to the destination, on either kind of phone", () => {
  const there = { ...DETAILS, destination: "St. Mary & Co", destination_latitude: 18.6, destination_longitude: 73.8 };
  assert.equal(goalOf(there, false)?.name, "Patient");
  const goal = goalOf(there, true);
  assert.ok(goal !== null);
  assert.equal(navigationUrl(goal, "Android"), "geo:18.600000,73.800000?q=18.600000,73.800000(St.%20Mary%20%26%20Co)");
  assert.equal(navigationUrl(goal, "iPhone"), "https://maps.apple.com/?daddr=18.600000,73.800000&dirflg=d");
  assert.equal(goalOf({ assignment: "a", request: "r", priority: 2 }, false), null);
});

void test("a patient reads plain words, and a time that runs down", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  assert.equal(sayEta("2026-11-23T10:06:10Z", "assigned", now), "in about 6 minutes");
  assert.equal(sayEta("2026-11-23T10:00:20Z", "assigned", now), "any moment now");
  assert.equal(sayEta("2026-11-23T09:50:00Z", "assigned", now), "a little later than expected");
  assert.equal(sayEta("2026-11-23T10:06:10Z", "on_scene", now), null);
  assert.equal(stepOf("queued").title, "We have your call");
  assert.equal(stepOf("cancelled").title, "Cancelled");
});
