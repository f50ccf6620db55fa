import assert from "node:assert/strict";
import { test } from "node:test";
import { SignedOut } from "../src/connection.ts";
import { LiveClient } from "../src/live-client.ts";
import { Channel, settle, TestSurroundings } from "./hub.ts";

const WELCOME = { type: "welcome", session: "s", server_time: 5_000_000_000, heartbeat_s: 20 };

interface Bench {
  readonly place: TestSurroundings;
  readonly live: LiveClient;
  readonly channel: Channel;
  tickets: number;
}

function bench(ticket?: () => Promise<string>): Bench {
  const place = new TestSurroundings();
  const made: Partial<Bench> & { tickets: number } = { tickets: 0, place, channel: new Channel("e") };
  const draw = ticket ?? (() => Promise.resolve(`t${(made.tickets += 1)}`));
  const live = new LiveClient({ url: "ws://hub/ws/live", ticket: draw, surroundings: place });
  return Object.assign(made, { live }) as Bench;
}

/** Bring a client to a live picture. */
async function goLive({ live, place, channel }: Bench): Promise<void> {
  live.start();
  await settle();
  place.socket.say(WELCOME);
  place.socket.say(channel.snapshot());
}

void test("it offers hub.v1 beside a new ticket, subscribes after the welcome, and is live with the picture", async () => {
  const made = bench();
  made.channel.change(1, "KA-01", 1);
  await goLive(made);
  assert.deepEqual(made.place.socket.protocols, ["hub.v1", "ticket.t1"]);
  assert.deepEqual(made.place.socket.sent, [{ type: "subscribe", channel: "fleet" }]);
  assert.equal(made.live.connection.phase, "live");
  assert.equal(made.live.fleet.units.get(1)?.plateNumber, "KA-01");
});

void test("after a lost connection the picture stays, and it comes back with a new ticket and its position", async () => {
  const made = bench();
  const { live, place, channel } = made;
  channel.change(1, "KA-01", 1);
  await goLive(made);
  place.socket.onclose?.({ code: 1006 });
  assert.equal(live.connection.phase, "waiting");
  assert.equal(live.fleet.units.size, 1);
  place.pass(2_000);
  await settle();
  assert.deepEqual(place.socket.protocols, ["hub.v1", "ticket.t2"]);
  place.socket.say(WELCOME);
  assert.deepEqual(place.socket.sent, [{ type: "subscribe", channel: "fleet", epoch: "e", offset: 1 }]);
  channel.change(2, "KA-02", 2);
  place.socket.say(channel.delta(1));
  assert.equal(live.connection.phase, "live");
  assert.equal(live.fleet.units.size, 2);
});

void test("the waits grow and stay under their cap; a stay-away code means five minutes", async () => {
  const made = bench(() => Promise.reject(new Error("unreachable")));
  made.live.start();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    await settle();
    waits.push((made.live.connection.retryAtMs ?? 0) - made.place.now());
    made.place.pass(waits.at(-1) ?? 0);
  }
  assert.ok(waits.every((wait, index) => index === 0 || wait >= (waits[index - 1] ?? 0)));
  assert.ok(Math.max(...waits) <= 15_000);
  const away = bench();
  await goLive(away);
  away.place.socket.onclose?.({ code: 4505 });
  assert.ok((away.live.connection.retryAtMs ?? 0) - away.place.now() >= 300_000);
});

void test("an ended session is reported and nothing is tried any more", async () => {
  const made = bench(() => Promise.reject(new SignedOut()));
  made.live.start();
  await settle();
  assert.equal(made.live.connection.phase, "signed_out");
  made.place.pass(3_600_000);
  assert.equal(made.place.sockets.length, 0);
});

void test("a silent hub is asked whether it is there, and left when it does not answer", async () => {
  const made = bench();
  await goLive(made);
  const first = made.place.socket;
  made.place.pass(10_000);
  assert.equal(first.sent.length, 2);
  first.say(made.channel.delta(0));
  assert.equal(made.live.connection.phase, "live");
  made.place.pass(18_100);
  assert.equal(made.live.connection.phase, "waiting");
  assert.ok(first.closed);
});

void test("what an abandoned socket still says is not heard", async () => {
  const made = bench();
  await goLive(made);
  const old = made.place.socket;
  old.onclose?.({ code: 1006 });
  const later = new Channel("other");
  later.change(7, "X", 1);
  old.say(later.snapshot());
  assert.equal(made.live.fleet.units.size, 0);
});

void test("text that is no message ends the connection and is tried again", async () => {
  const made = bench();
  await goLive(made);
  made.place.socket.onmessage?.({ data: "{" });
  assert.equal(made.live.connection.phase, "waiting");
});

void test("stop ends everything and start begins again", async () => {
  const made = bench();
  await goLive(made);
  made.live.stop();
  assert.ok(made.place.socket.closed);
  made.place.pass(60_000);
  assert.equal(made.place.sockets.length, 1);
  made.live.start();
  await settle();
  assert.equal(made.place.sockets.length, 2);
});

void test("the hub's clock is taken from the message that travelled fastest", async () => {
  const made = bench();
  await goLive(made);
  const local = made.place.now();
  assert.equal(made.live.clock.nowUs(local), 5_000_000_000);
  made.place.pass(5_000);
  made.place.socket.say({ ...made.channel.delta(0), server_time: 5_003_000_000 }); // two seconds late
  assert.equal(made.live.clock.nowUs(made.place.now()), 5_005_000_000);
});

void test("a channel that this account may not watch is not asked for again", async () => {
  const made = bench();
  made.live.start();
  await settle();
  made.place.socket.say(WELCOME);
  made.place.socket.say({ type: "error", code: "not_found", detail: "no such channel", channel: "fleet" });
  assert.equal(made.live.connection.phase, "refused");
  made.place.pass(3_600_000);
  assert.equal(made.place.sockets.length, 1);
});
