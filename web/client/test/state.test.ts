/** States beside events: they come and go on a connection, and stay right over lost ones. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveClient } from "../src/live-client.ts";
import type { StateChange, StateFeed, StateTables } from "../src/state.ts";
import { settle, TestSurroundings } from "./hub.ts";

const HUB_US = 5_000_000_000;
const WELCOME = { type: "welcome", session: "s", server_time: HUB_US, heartbeat_s: 20 };

class Page implements StateFeed {
  seen: StateTables = new Map();
  readonly changes: StateChange[] = [];
  refused = "";

  constructor(readonly channel: string) {}

  onState(tables: StateTables, change: StateChange): void {
    this.seen = tables;
    this.changes.push(change);
  }

  onRefused(code: string): void {
    this.refused = code;
  }

  rows(table: string): unknown[] {
    return [...(this.seen.get(table)?.values() ?? [])];
  }
}

async function connected(pages: readonly Page[]): Promise<{ live: LiveClient; place: TestSurroundings }> {
  const place = new TestSurroundings();
  const ticket = (): Promise<string> => Promise.resolve("t");
  const live = new LiveClient({ url: "ws://hub/ws/live", ticket, surroundings: place, channel: null, states: pages });
  live.start();
  await settle();
  place.socket.say(WELCOME);
  await settle();
  return { live, place };
}

function snapshot(channel: string, offset: number, set: object): object {
  return { type: "snapshot", channel, epoch: "e", offset, server_time: HUB_US, set };
}

function delta(channel: string, base: number, offset: number, rows: object): object {
  return { type: "delta", channel, epoch: "e", base, offset, server_time: HUB_US, ...rows };
}

const asked = (place: TestSurroundings): object[] => place.socket.sent.filter((said) => said["type"] === "subscribe");

void test("each channel has its own tables", async () => {
  const [one, other] = [new Page("physio:1"), new Page("physio:2")];
  const { place } = await connected([one, other]);
  assert.deepEqual(asked(place).map((said) => (said as { channel: string }).channel), ["physio:1", "physio:2"]);
  place.socket.say(snapshot("physio:1", 3, { joints: [[7, "knee"]], trace: [] }));
  place.socket.say(snapshot("physio:2", 1, { joints: [] }));
  place.socket.say(delta("physio:1", 3, 4, { set: { joints: [[8, "hip"]] }, removed: { joints: [7] } }));
  assert.deepEqual(one.rows("joints"), [[8, "hip"]]);
  assert.deepEqual(other.rows("joints"), []);
  assert.deepEqual(one.changes.map(({ whole }) => whole), [true, false]);
});

void test("parts are kept aside until the message that completes them", async () => {
  const page = new Page("physio:1");
  const { place } = await connected([page]);
  place.socket.say({ type: "part", channel: "physio:1", set: { joints: [[1, "a"]] } });
  assert.equal(page.changes.length, 0);
  place.socket.say(snapshot("physio:1", 3, { joints: [] }));
  assert.deepEqual(page.rows("joints"), [[1, "a"]]);
});

void test("a gap is asked for once, and a lost connection goes on where it was", async () => {
  const page = new Page("physio:1");
  const { place } = await connected([page]);
  place.socket.say(snapshot("physio:1", 3, { joints: [[1, "a"]] }));
  place.socket.say(delta("physio:1", 5, 6, { set: { joints: [[2, "b"]] } }));
  place.socket.say(delta("physio:1", 6, 7, { set: { joints: [[2, "b"]] } }));
  assert.deepEqual(asked(place).slice(1), [{ type: "subscribe", channel: "physio:1", epoch: "e", offset: 3 }]);
  place.socket.say(delta("physio:1", 3, 7, { set: { joints: [[2, "c"]] } }));
  assert.deepEqual(page.rows("joints"), [[1, "a"], [2, "c"]]);
});

void test("a channel that is followed later, and given up again", async () => {
  const { live, place } = await connected([]);
  const page = new Page("physio:9");
  live.follow(page);
  assert.deepEqual(asked(place), [{ type: "subscribe", channel: "physio:9" }]);
  place.socket.say(snapshot("physio:9", 1, { joints: [[1, "a"]] }));
  live.leave("physio:9");
  assert.deepEqual(place.socket.sent.at(-1), { type: "unsubscribe", channel: "physio:9" });
  place.socket.say(delta("physio:9", 1, 2, { set: { joints: [[1, "b"]] } }));
  assert.deepEqual(page.rows("joints"), [[1, "a"]]);
});

void test("what is refused is said, and the others go on", async () => {
  const [one, other] = [new Page("physio:1"), new Page("physio:2")];
  const { live, place } = await connected([one, other]);
  place.socket.say({ type: "error", code: "not_found", detail: "there is no such channel", channel: "physio:1" });
  place.socket.say(snapshot("physio:2", 1, { joints: [] }));
  assert.equal(one.refused, "not_found");
  assert.equal(other.changes.length, 1);
  assert.equal(live.connection.phase, "live");
});
