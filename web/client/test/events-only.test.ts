import assert from "node:assert/strict";
import { test } from "node:test";
import type { HubEvent } from "../src/feed.ts";
import { LiveClient } from "../src/live-client.ts";
import { settle, TestSurroundings } from "./hub.ts";

const HUB_US = 5_000_000_000;

void test("without a picture it is live with the welcome, follows its events, and stays so through a silence", async () => {
  const place = new TestSurroundings();
  const seen: HubEvent[] = [];
  const feed = {
    channel: "inbox",
    start: () => Promise.resolve({ epoch: "a", offset: 0 }),
    onEvents: (events: readonly HubEvent[]) => void seen.push(...events),
  };
  const ticket = (): Promise<string> => Promise.resolve("t");
  const live = new LiveClient({ url: "ws://hub/ws/live", ticket, surroundings: place, channel: null, events: [feed] });
  live.start();
  await settle();
  place.socket.say({ type: "welcome", session: "s", server_time: HUB_US, heartbeat_s: 20 });
  await settle();
  assert.equal(live.connection.phase, "live");
  const asked = (): object[] => place.socket.sent.filter((said) => said["type"] === "subscribe");
  assert.deepEqual(asked(), [{ type: "subscribe", channel: "inbox", epoch: "a", offset: 0 }]);
  const rows = [
    [1, 1, "message", {}],
    [2, 1, "message", {}],
  ];
  place.socket.say({ type: "events", channel: "inbox", epoch: "a", base: 0, offset: 2, server_time: HUB_US, events: rows });
  assert.equal(seen.length, 2);
  for (let second = 0; second < 45; second += 1) {
    place.pass(1_000);
    for (const { type, id } of place.socket.sent) {
      if (type === "ping" && !place.socket.answered.has(id as number)) {
        place.socket.answered.add(id as number);
        place.socket.say({ type: "pong", id, server_time: HUB_US });
      }
    }
  }
  assert.equal(asked().length, 1);
  assert.equal(live.connection.phase, "live");
});
