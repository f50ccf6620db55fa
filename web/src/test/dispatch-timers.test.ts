import assert from "node:assert/strict";
import { test } from "node:test";
import { sayAlert } from "../dispatch/alert-words.ts";
import { newDraft, complaintOfDraft, wordsOf } from "../dispatch/draft.ts";
import { changesOf, fromLocalSeconds, toLocalSeconds } from "../dispatch/edits.ts";
import { spanOf } from "../dispatch/report-words.ts";
import type { Alert, Assignment, Call, Happening } from "../dispatch/shapes.ts";
import { hearingOf } from "../dispatch/hearing.ts";
import { stagesAfter } from "../dispatch/stages.ts";
import { sayDetails, sayHappening } from "../dispatch/timeline-words.ts";
import { offerLeftS, sayEta, sayTravel, stopwatch, waitOf } from "../dispatch/timers.ts";

const BEGAN_MS = Date.parse("2026-11-23T10:00:00Z");
const after = (seconds: number): string => new Date(BEGAN_MS + seconds * 1000).toISOString();

function call(more: Partial<Call> = {}): Call {
  return { priority: 1, requested_at: after(0), scheduled_for: null, closed_at: null, ...more } as unknown as Call;
}

const reached = (seconds: number): Assignment => ({ on_scene_at: after(seconds) }) as unknown as Assignment;

const standing = (seconds: number, more: Partial<Call> = {}): string =>
  waitOf(call(more), [], null, BEGAN_MS + seconds * 1000).standing;

void test("a call is close to its target, and then late", () => {
  assert.deepEqual([standing(359), standing(360), standing(479), standing(480)], ["well", "close", "close", "late"]);
});

void test("a scheduled call waits from its time on", () => {
  assert.equal(standing(0, { scheduled_for: after(3_600) }), "ahead");
  assert.equal(waitOf(call({ scheduled_for: after(60) }), [], null, BEGAN_MS + 90_000).waitedS, 30);
});

void test("the clock of a call stops at its first unit's arrival, or at its end", () => {
  const now = BEGAN_MS + 9_999_000;
  assert.deepEqual(waitOf(call(), [reached(300), reached(200)], null, now), { waitedS: 200, targetS: 480, standing: "reached" });
  assert.equal(waitOf(call(), [reached(500)], null, now).standing, "late");
  assert.equal(waitOf(call({ closed_at: after(100) }), [], null, now).waitedS, 100);
});

void test("the targets are those of the hub", () => {
  const rules = { priority: 1, target_s: 60 } as unknown as Parameters<typeof hubOf>[0];
  assert.equal(waitOf(call(), [], hubOf(rules), BEGAN_MS).targetS, 60);
});

function hubOf(rules: NonNullable<Parameters<typeof waitOf>[2]>["priorities"][number]): NonNullable<Parameters<typeof waitOf>[2]> {
  return { priorities: [rules], undelivered_s: 5, silent_warn_s: 30, silent_alarm_s: 90, scheduled_lead_s: 900 };
}

void test("an offer counts down to nothing, and not below", () => {
  const offered = { status: "offered", offer_expires_at: after(30) } as unknown as Assignment;
  assert.equal(offerLeftS(offered, BEGAN_MS + 10_000), 20);
  assert.equal(offerLeftS(offered, BEGAN_MS + 40_000), 0);
  assert.equal(offerLeftS({ ...offered, status: "accepted" }, BEGAN_MS), null);
});

void test("times are said as people read them", () => {
  assert.deepEqual([stopwatch(7), stopwatch(754.9), stopwatch(3_723)], ["0:07", "12:34", "1:02:03"]);
  assert.deepEqual([sayTravel(40), sayTravel(250), sayTravel(3_900)], ["40 s", "4 min", "1 h 5 min"]);
  assert.deepEqual([sayEta(240), sayEta(-120)], ["in 4 min", "2 min late"]);
});

void test("stages by radio follow the state machine of the hub", () => {
  assert.deepEqual(stagesAfter("offered"), ["accepted", "declined"]);
  assert.deepEqual(stagesAfter("accepted"), ["en_route", "on_scene", "transporting", "at_destination"]);
  assert.deepEqual(stagesAfter("on_scene"), ["transporting", "at_destination", "cleared"]);
  assert.deepEqual(stagesAfter("cleared"), []);
});

void test("a sound counts as heard for a shift, and silence is never taken for it", () => {
  assert.equal(hearingOf("off", BEGAN_MS, BEGAN_MS), "muted");
  assert.equal(hearingOf("on", null, BEGAN_MS), "untested");
  assert.equal(hearingOf("on", BEGAN_MS, BEGAN_MS + 13 * 3_600_000), "untested");
  assert.equal(hearingOf("blocked", BEGAN_MS, BEGAN_MS), "blocked");
  assert.equal(hearingOf("on", BEGAN_MS, BEGAN_MS), "heard");
});

void test("a call needs somebody and somewhere, and only what is known is sent", () => {
  const empty = newDraft();
  assert.match(complaintOfDraft(empty) ?? "", /where/i);
  assert.match(complaintOfDraft({ ...empty, note: "At the gate" }) ?? "", /who calls/);
  assert.match(complaintOfDraft({ ...empty, note: "Gate", callback: "call me" }) ?? "", /digits/);
  const told = { ...empty, note: " At the gate ", callback: "+91 98220 12345" };
  assert.equal(complaintOfDraft(told), null);
  assert.deepEqual(wordsOf(told), { callback_number: "+91 98220 12345", location_note: "At the gate", priority: 1 });
});

void test("of an edited call only the changes are sent, and what was emptied is null", () => {
  const before = { ...newDraft(), caller: "Asha", complaint: "Fall", place: { latitude: 1, longitude: 2 } };
  assert.deepEqual(changesOf(before, { ...before, key: "other" }), {});
  const edited = { ...before, caller: " ", priority: 3, place: { latitude: 1, longitude: 3 } };
  assert.deepEqual(changesOf(before, edited), { caller: null, priority: 3, pickup_location: { latitude: 1, longitude: 3 } });
});

void test("a moment keeps its second on the way through the form", () => {
  const iso = "2026-11-23T10:11:12.000Z";
  assert.equal(fromLocalSeconds(toLocalSeconds(iso)), iso);
  assert.equal(fromLocalSeconds(""), null);
});

void test("yesterday ends where today begins", () => {
  const now = new Date(2026, 10, 23, 9, 30).getTime();
  assert.equal(spanOf("yesterday", now).until, spanOf("today", now).since);
  assert.equal(spanOf("yesterday", now).since, new Date(2026, 10, 22).toISOString());
});

void test("an alert says what is the matter with whom", () => {
  const about = { ambulance: { id: 7, plate_number: "KA-7" }, facts: { late_s: 240 } } as unknown as Alert;
  assert.equal(sayAlert({ ...about, kind: "eta_slip" }), "KA-7 comes 4 min later than promised.");
  assert.equal(sayAlert({ ...about, kind: "undelivered" }), "The offer has not reached KA-7: radio them.");
  const declined = { ...about, kind: "declined", facts: { reason: "flat tyre" } } as unknown as Alert;
  assert.equal(sayAlert(declined), "KA-7 has declined: flat tyre.");
});

void test("a timeline tells what a tablet had from what a position says, and what was decided from what was said by radio", () => {
  const happening = (kind: string, what: string, facts: object = {}): Happening => ({ kind, what, who: null, facts }) as unknown as Happening;
  const noticed = ["delivered", "seen", "re_alerted", "moved", "at_scene"].map((what) => sayHappening(happening("noticed", what)));
  assert.deepEqual(noticed, [
    ...["The offer is on the tablet", "The crew has seen the offer", "The tablet sounded again"],
    ...["Position says: moving", "Position says: at the scene"],
  ]);
  const by = (what: string): string => sayDetails(happening("stage", what, { source: "dispatcher" }));
  assert.deepEqual(["offered", "accepted", "diverted"].map(by), ["on the board", "by radio", "on the board"]);
});
