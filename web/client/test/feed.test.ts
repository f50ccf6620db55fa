import assert from "node:assert/strict";
import { test } from "node:test";
import { FeedCursor } from "../src/feed.ts";
import type { Events } from "../src/protocol.ts";

function events(base: number, offset: number, epoch = "e"): Events {
  const rows = Array.from({ length: offset - base }, (_, index) => [base + index + 1, 1, "raised", {}] as const);
  return { type: "events", channel: "alarms", epoch, base, offset, server_time: 1, events: rows };
}

function at(offset: number): FeedCursor {
  const cursor = new FeedCursor("alarms");
  cursor.subscribe({ epoch: "e", offset });
  cursor.receive(events(offset, offset));
  return cursor;
}

const offsets = (made: { events?: readonly { offset: number }[] }): number[] | undefined => made.events?.map((event) => event.offset);

void test("events that follow mine are taken, known ones are not taken twice", () => {
  const cursor = at(5);
  assert.deepEqual(offsets(cursor.receive(events(5, 7))), [6, 7]);
  assert.deepEqual(cursor.receive(events(5, 7)), {});
  assert.deepEqual(offsets(cursor.receive(events(6, 9))), [8, 9]);
});

void test("a hole is asked for once, from where I am", () => {
  const cursor = at(5);
  assert.deepEqual(cursor.receive(events(7, 8)).reply, { type: "subscribe", channel: "alarms", epoch: "e", offset: 5 });
  assert.deepEqual(cursor.receive(events(8, 9)), {});
  assert.deepEqual(offsets(cursor.receive(events(5, 9))), [6, 7, 8, 9]);
});

void test("another numbering, or a position that the hub cannot serve, sends me back to the state", () => {
  assert.deepEqual(at(5).receive(events(1, 2, "other")), { restart: true });
  const cursor = at(5);
  assert.deepEqual(cursor.refuse({ type: "error", code: "resync", detail: "", channel: "alarms" }), { restart: true });
  assert.deepEqual(cursor.receive(events(5, 6)), {});
});

void test("a feed without a state begins with the newest event, and goes on from there", () => {
  const cursor = new FeedCursor("alarms");
  assert.deepEqual(cursor.subscribe(null), { type: "subscribe", channel: "alarms" });
  assert.deepEqual(offsets(cursor.receive(events(6, 7))), [7]);
  assert.deepEqual(cursor.position, { epoch: "e", offset: 7 });
  assert.deepEqual(offsets(cursor.receive(events(7, 9))), [8, 9]);
});
