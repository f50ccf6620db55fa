import assert from "node:assert/strict";
import { test } from "node:test";
import { SignedOut } from "../src/connection.ts";
import type { HubEvent } from "../src/feed.ts";
import { LiveClient } from "../src/live-client.ts";
import type { LiveOptions } from "../src/live-options.ts";
import { Channel, settle, TestSurroundings } from "./hub.ts";

const WELCOME = { type: "welcome", session: "s", server_time: 5_000_000_000, heartbeat_s: 20 };

const HUB_US = WELCOME.server_time;

interface Bench {
  readonly place: TestSurroundings;
  readonly live: LiveClient;
  readonly channel: Channel;
  tickets: number;
}

function bench(ticket?: () => Promise<string>, options: Partial<LiveOptions> = {}): Bench {
  const place = new TestSurroundings();
  const made: Partial<Bench> & { tickets: number } = { tickets: 0, place, channel: new Channel("e") };
  const draw = ticket ?? (() => Promise.resolve(`t${(made.tickets += 1)}`));
  const live = new LiveClient({ url: "ws://hub/ws/live", ticket: draw, surroundings: place, ...options });
  return Object.assign(made, { live }) as Bench;
}

/** The hub answers every ping that is not answered yet, `afterMs` after it was sent. */
function answerPings({ place }: Bench, afterMs = 0): void {
  const { socket } = place;
  const pings = socket.sent.filter((said) => said["type"] === "ping" && !socket.answered.has(said["id"] as number));
  place.pass(afterMs);
  for (const { id } of pings) {
    socket.answered.add(id as number);
    socket.say({ type: "pong", id, server_time: HUB_US + afterMs * 500 });
  }
}

function events(base: number, offset: number): object {
  const rows = Array.from({ length: offset - base }, (_, index) => [base + index + 1, 1, "raised", {}]);
  return { type: "events", channel: "alarms", epoch: "a", base, offset, server_time: HUB_US, events: rows };
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

void test("a frozen hub is not shown as live for more than five seconds", async () => {
  const made = bench();
  await goLive(made);
  const first = made.place.socket;
  for (let second = 0; second < 20; second += 1) {
    made.place.pass(1_000);
    answerPings(made);
    assert.equal(made.live.connection.phase, "live");
  }
  made.place.pass(5_000);
  assert.notEqual(made.live.connection.phase, "live");
  assert.ok(first.closed);
});

void test("a quiet hub that answers pings is asked for its picture twice a minute", async () => {
  const made = bench();
  await goLive(made);
  const subscribes = (): number => made.place.socket.sent.filter((said) => said["type"] === "subscribe").length;
  for (let second = 0; second < 31; second += 1) {
    made.place.pass(1_000);
    answerPings(made);
  }
  assert.equal(subscribes(), 2);
  made.place.socket.say(made.channel.delta(0));
  assert.equal(made.live.connection.phase, "live");
});

void test("a subscription that is not answered ends the connection, pongs or not", async () => {
  const made = bench();
  made.live.start();
  await settle();
  made.place.socket.say(WELCOME);
  for (let second = 0; second < 9; second += 1) {
    made.place.pass(1_000);
    answerPings(made);
  }
  assert.equal(made.live.connection.attempt, 1);
});

void test("a picture that comes in many parts may take its time as long as they come", async () => {
  const made = bench();
  made.live.start();
  await settle();
  made.place.socket.say(WELCOME);
  for (let second = 0; second < 30; second += 1) {
    made.place.pass(1_000);
    made.place.socket.say({ type: "part", channel: "fleet", set: { units: [[second, `P-${second}`, null, "available"]] } });
    answerPings(made);
  }
  assert.equal(made.live.fleet.units.size, 0);
  made.place.socket.say(made.channel.snapshot());
  assert.equal(made.live.connection.phase, "live");
  assert.equal(made.live.fleet.units.size, 30);
});

void test("a machine that slept asks first, and does not take its own silence for the hub's", async () => {
  const made = bench();
  await goLive(made);
  made.place.pass(2_000);
  const asked = made.place.socket.sent.length;
  made.place.sleep(600_000);
  assert.equal(made.live.connection.phase, "live");
  assert.equal(made.place.socket.sent.length, asked + 1);
  made.place.pass(3_000);
  assert.equal(made.live.connection.phase, "waiting");
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

void test("another filter is asked for without a position, and the picture stays until the new one is here", async () => {
  const made = bench();
  made.channel.change(1, "KA-01", 1);
  await goLive(made);
  made.live.setFilter({ status: ["available"] });
  const { socket } = made.place;
  assert.deepEqual(socket.sent.at(-2), { type: "subscribe", channel: "fleet", filter: { status: ["available"] } });
  assert.equal(made.live.connection.phase, "live");
  socket.say({ ...made.channel.snapshot(), set: {} }); // of the subscription before, pushed by the hub of its own accord
  assert.equal(made.live.fleet.units.size, 1);
  answerPings(made);
  socket.say({ ...made.channel.snapshot(), set: {} });
  assert.equal(made.live.fleet.units.size, 0);
});

void test("glass latency is the age of what moved, by the hub's clock and not by the local one", async () => {
  const made = bench();
  made.channel.change(1, "KA-01", 1);
  await goLive(made);
  assert.equal(made.live.latency(), null);
  made.place.pass(0);
  answerPings(made, 40);
  const hubUs = made.live.clock.nowUs(made.place.now());
  assert.ok(Math.abs(hubUs - (HUB_US + 40_000)) < 1_000);
  const base = made.channel.offset;
  const moved = { units: [], fixes: [[1, 12.5, 77, 5, 90, 4, hubUs - 250_000, null]] };
  made.place.socket.say({ ...made.channel.delta(base), base, offset: base + 1, set: moved, removed: {} });
  const latency = made.live.latency();
  assert.ok(latency !== null && Math.abs(latency.p50Ms - 250) < 1 && latency.p95Ms === latency.p50Ms);
  assert.equal(latency.roundTripMs, 40);
});

void test("events are followed on the same connection, from the state that was read over HTTP", async () => {
  const heard: number[] = [];
  let reads = 0;
  const feed = {
    channel: "alarms",
    start: () => Promise.resolve({ epoch: "a", offset: 10 * (reads += 1) }),
    onEvents: (events: readonly HubEvent[]) => heard.push(...events.map((event) => event.offset)),
  };
  const made = bench(undefined, { events: [feed] });
  await goLive(made);
  await settle();
  const { socket } = made.place;
  assert.deepEqual(socket.sent.at(-1), { type: "subscribe", channel: "alarms", epoch: "a", offset: 10 });
  socket.say(events(10, 12));
  assert.deepEqual(heard, [11, 12]);
  socket.onclose?.({ code: 1006 });
  made.place.pass(2_000);
  await settle();
  made.place.socket.say(WELCOME);
  assert.equal(made.place.socket.sent.at(-1)?.["offset"], 12);
  assert.equal(reads, 1);
  made.place.socket.say({ type: "error", code: "resync", detail: "gone", channel: "alarms" });
  await settle();
  assert.equal(made.place.socket.sent.at(-1)?.["offset"], 20);
  assert.equal(made.live.connection.phase, "connecting");
});

void test("a state that cannot be read is read again, later each time", async () => {
  let reads = 0;
  const feed = {
    channel: "alarms",
    start: () => ((reads += 1) < 4 ? Promise.reject(new Error("away")) : Promise.resolve({ epoch: "a", offset: 7 })),
    onEvents: () => undefined,
  };
  const made = bench(undefined, { events: [feed] });
  await goLive(made);
  for (const wait of [1_000, 2_000, 4_000]) {
    await settle();
    made.place.pass(wait);
    answerPings(made);
  }
  await settle();
  assert.equal(reads, 4);
  assert.equal(made.place.socket.sent.at(-1)?.["offset"], 7);
});

void test("an app signs in with its token in a header", async () => {
  const place = new TestSurroundings();
  new LiveClient({ url: "ws://hub/ws/live", token: () => Promise.resolve("secret"), surroundings: place }).start();
  await settle();
  assert.deepEqual(place.socket.protocols, ["hub.v1"]);
  assert.deepEqual(place.socket.headers, { Authorization: "Bearer secret" });
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
