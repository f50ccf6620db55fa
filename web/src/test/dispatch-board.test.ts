import assert from "node:assert/strict";
import { test } from "node:test";
import { Board } from "../dispatch/board-store.ts";
import { busyUnits, queueOf, viewsOf } from "../dispatch/picture.ts";
import type { Alert, Assignment, BoardState, Call, CrewMessage } from "../dispatch/shapes.ts";

const BEGAN = "2026-11-23T10:00:00Z";
const NOW_MS = Date.parse(BEGAN) + 60_000;

function call(id: string, more: Partial<Call> = {}): Call {
  const nothing = { needs: null, scheduled_for: null, patient: null, caller: null, callback_number: null, complaint: null };
  const nowhere = { location_note: null, notes: null, pickup_location: null, destination: null, destination_facility: null };
  const nobody = { destination_location: null, ambulance: null, eta_at: null, unserved_since: null, cancel_reason: null };
  const open = { duplicate_of: null, closed_at: null, source: "phone", is_verified: true, back_entered: false } as const;
  const state = { status: "queued", priority: 2, requested_at: BEGAN, version: 1 } as const;
  return { id, ...nothing, ...nowhere, ...nobody, ...open, ...state, ...more };
}

const TIMES = [
  ...["offer_expires", "delivered", "seen", "re_alerted", "accepted", "moved", "en_route", "scene_noticed", "on_scene"],
  ...["left_noticed", "transporting", "destination_noticed", "at_destination", "cleared", "declined", "expired"],
  ...["cancelled", "diverted", "eta", "promised"],
];

function assignment(id: string, request: string, more: Partial<Assignment> = {}): Assignment {
  const times = Object.fromEntries(TIMES.map((name) => [`${name}_at`, null]));
  const rest = { decline_reason: null, cancel_reason: null, diverted_to: null, no_transport: false, skipped: [], decision_id: null };
  const ambulance = { id: 7, plate_number: "KA-7" };
  const base = { id, request_id: request, ambulance, status: "offered", offered_at: BEGAN, version: 1 };
  return { ...base, ...rest, ...times, ...more } as unknown as Assignment;
}

function alert(id: string, more: Partial<Alert> = {}): Alert {
  const about = { kind: "no_unit", severity: "alarm", request_id: "c1", assignment_id: null, ambulance: null } as const;
  return { id, ...about, raised_at: BEGAN, resolved_at: null, acknowledged_at: null, acknowledged_by: null, facts: {}, ...more };
}

function message(id: string, more: Partial<CrewMessage> = {}): CrewMessage {
  const times = { sent_at: BEGAN, received_at: BEGAN, delivered_at: null, read_at: null };
  const ambulance = { id: 7, plate_number: "KA-7" };
  return { id, ambulance, assignment_id: null, sender: "crew", name: null, text: "x", ...times, ...more };
}

function state(more: Partial<BoardState> = {}): BoardState {
  const rules = { priorities: [], undelivered_s: 5, silent_warn_s: 30, silent_alarm_s: 90, scheduled_lead_s: 900 };
  return { requests: [], assignments: [], alerts: [], messages: [], policy: rules, epoch: "e", offset: 5, ...more };
}

function event(kind: string, body: object): { offset: number; atUs: number; kind: string; body: Record<string, unknown> } {
  return { offset: 6, atUs: 1, kind, body: body as Record<string, unknown> };
}

void test("the board is read, and followed from the position that was read with it", async () => {
  const board = new Board(() => Promise.resolve(state({ requests: [call("c1")] })));
  assert.deepEqual(await board.feed.start(), { epoch: "e", offset: 5 });
  board.feed.onEvents([event("request", call("c2")), event("assignment", assignment("a1", "c1"))]);
  assert.deepEqual([...board.calls.keys()], ["c1", "c2"]);
  assert.deepEqual([...busyUnits(board.assignments.values()).keys()], [7]);
});

void test("an older version never takes the place of a newer one, from the channel or from a state", async () => {
  const states = [state({ requests: [call("c1", { version: 2 })] })];
  const board = new Board(() => Promise.resolve(states[0] as BoardState));
  await board.feed.start();
  board.putCall(call("c1", { version: 4, priority: 1 }));
  board.feed.onEvents([event("request", call("c1", { version: 3, priority: 3 }))]);
  assert.equal(board.calls.get("c1")?.priority, 1);
  await board.feed.start();
  assert.equal(board.calls.get("c1")?.version, 4);
});

void test("what is gone from the state after an absence is gone from the board", async () => {
  const states = [state({ requests: [call("c1")], alerts: [alert("x")] })];
  const board = new Board(() => Promise.resolve(states[0] as BoardState));
  await board.feed.start();
  states[0] = state({ requests: [call("c2")], epoch: "f" });
  await board.feed.start();
  assert.deepEqual([...board.calls.keys()], ["c2"]);
  assert.deepEqual(board.alarms, []);
});

void test("an alarm waits until it is acknowledged, also when it is over, and news in the wrong order take nothing back", async () => {
  const board = new Board(() => Promise.resolve(state({ alerts: [alert("x"), alert("w", { severity: "warning" })] })));
  await board.feed.start();
  board.feed.onEvents([event("alert", alert("x", { resolved_at: BEGAN })), event("alert", alert("w", { severity: "warning", resolved_at: BEGAN }))]);
  assert.deepEqual(board.alarms.map(({ id }) => id), ["x"]);
  assert.deepEqual(board.warnings, []);
  board.feed.onEvents([event("alert", alert("x", { acknowledged_at: BEGAN, acknowledged_by: "Asha" })), event("alert", alert("x"))]);
  assert.deepEqual(board.alarms, []);
});

void test("a crew's message waits until somebody has read it", async () => {
  const board = new Board(() => Promise.resolve(state({ messages: [message("m1"), message("m2", { sender: "desk" })] })));
  await board.feed.start();
  assert.deepEqual(board.unread.map(({ id }) => id), ["m1"]);
  board.putMessages([message("m1", { read_at: BEGAN })]);
  board.feed.onEvents([event("message", message("m1"))]);
  assert.deepEqual(board.unread, []);
});

void test("the queue is by priority, then by who has waited longest, under what is being done about it", () => {
  const calls = [
    call("late", { requested_at: "2026-11-23T09:30:00Z" }),
    call("new"),
    call("critical", { priority: 1 }),
    call("asked"),
    call("served", { status: "assigned" }),
    call("tomorrow", { scheduled_for: "2026-11-24T10:00:00Z", priority: 4 }),
    call("ended", { status: "completed", closed_at: BEGAN }),
    call("long ago", { status: "completed", closed_at: "2026-11-23T09:00:00Z" }),
  ];
  const asked = assignment("a1", "asked");
  const served = assignment("a2", "served", { status: "en_route", ambulance: { id: 8, plate_number: "KA-8" } });
  const lost = assignment("a3", "new", { status: "declined", ambulance: { id: 9, plate_number: "KA-9" } });
  const known = { calls, assignments: [asked, served, lost], alerts: [], policy: null };
  const groups = queueOf(viewsOf(known, NOW_MS).values(), NOW_MS);
  const shown = groups.map((group) => [group.section, group.calls.map((view) => view.call.id)]);
  assert.deepEqual(shown, [
    ["waiting", ["critical", "late", "new"]],
    ["offered", ["asked"]],
    ["active", ["served"]],
    ["later", ["tomorrow"]],
    ["closed", ["ended"]],
  ]);
});

void test("of several units of a call the one that is furthest leads", () => {
  const first = assignment("a1", "c1", { status: "accepted" });
  const other = assignment("a2", "c1", { status: "on_scene", ambulance: { id: 8, plate_number: "KA-8" } });
  const view = viewsOf({ calls: [call("c1")], assignments: [first, other], alerts: [], policy: null }, NOW_MS).get("c1");
  assert.equal(view?.lead?.id, "a2");
  assert.equal(view.live.length, 2);
});
