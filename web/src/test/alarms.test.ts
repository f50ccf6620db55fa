import assert from "node:assert/strict";
import { test } from "node:test";
import { Alarms, SETTLED_MS } from "../alarms.ts";
import type { AlarmAnswer, AlarmPage, AlarmSource } from "../alarms.ts";

const RAISED_MS = Date.parse("2026-09-21T13:47:10Z");

function answer(id: string, over: Partial<AlarmAnswer> = {}): AlarmAnswer {
  const ambulance = { id: 7, plate_number: `KA-${id}` };
  const raised_at = new Date(RAISED_MS).toISOString();
  const open = { acknowledged_at: null, acknowledged_by: null };
  return { id, ambulance, raised_at, late: false, latitude: 12, longitude: 77, ...open, ...over };
}

function event(kind: string, id: string, raisedAtUs = RAISED_MS * 1000): { offset: number; atUs: number; kind: string; body: Record<string, unknown> } {
  const by = kind === "acknowledged" ? { acknowledged_at: 9, acknowledged_by: "Asha" } : { acknowledged_at: null, acknowledged_by: null };
  const body = { id, ambulance_id: 7, plate_number: `KA-${id}`, kind: "sos", raised_at: raisedAtUs, late: false, latitude: null, longitude: null, ...by };
  return { offset: 1, atUs: 1, kind, body };
}

function source(pages: readonly AlarmPage[]): AlarmSource {
  return {
    page: (cursor) => Promise.resolve(pages[cursor === null ? 0 : Number(cursor)] as AlarmPage),
    acknowledge: (id) => Promise.resolve(answer(id, { acknowledged_at: "2026-09-21T13:48:00Z", acknowledged_by: { id: "u", name: "Ravi" } })),
  };
}

const ids = (alarms: Alarms): string[] => alarms.waiting.map((alarm) => alarm.id);

void test("the open ones are read page by page, and followed from the position of the first", async () => {
  const alarms = new Alarms(
    source([
      { items: [answer("b")], next_cursor: "1", epoch: "e", offset: 5 },
      { items: [answer("a", { raised_at: "2026-09-21T13:40:00Z" })], next_cursor: null, epoch: "e", offset: 9 },
    ]),
  );
  assert.deepEqual(await alarms.feed.start(), { epoch: "e", offset: 5 });
  assert.deepEqual(ids(alarms), ["b", "a"]);
  alarms.feed.onEvents([event("raised", "c", RAISED_MS * 1000 + 1), event("raised", "b")]);
  assert.deepEqual(ids(alarms), ["c", "b", "a"]);
});

void test("whoever takes care of one is told for a minute, and it stays taken care of", async () => {
  let nowMs = RAISED_MS;
  const alarms = new Alarms(source([{ items: [answer("a"), answer("b")], next_cursor: null, epoch: "e", offset: 5 }]), () => nowMs);
  await alarms.feed.start();
  await alarms.acknowledge("a");
  alarms.feed.onEvents([event("acknowledged", "a"), event("acknowledged", "b"), event("raised", "b")]);
  assert.deepEqual(ids(alarms), []);
  assert.deepEqual(alarms.settled.map(({ alarm }) => [alarm.id, alarm.acknowledgedBy]), [["b", "Asha"], ["a", "Ravi"]]);
  nowMs += SETTLED_MS;
  assert.deepEqual(alarms.settled, []);
});

void test("what was taken care of unseen is gone when the state is read again", async () => {
  const pages = [{ items: [answer("a")], next_cursor: null, epoch: "e", offset: 5 }];
  const alarms = new Alarms(source(pages));
  await alarms.feed.start();
  pages[0] = { items: [answer("c")], next_cursor: null, epoch: "f", offset: 1 };
  await alarms.feed.start();
  assert.deepEqual(ids(alarms), ["c"]);
});
