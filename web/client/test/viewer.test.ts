import assert from "node:assert/strict";
import { test } from "node:test";
import { Viewer } from "../src/viewer.ts";
import type { Reaction } from "../src/viewer.ts";
import { judge } from "../src/position.ts";
import type { Delta, Snapshot } from "../src/protocol.ts";
import { Channel } from "./hub.ts";
import { seeded } from "./random.ts";

function pictureOf(viewer: Viewer): object {
  const units = [...viewer.fleet.units.values()].sort((one, other) => one.id - other.id);
  return { units, fixes: units.map((unit) => viewer.fleet.fixes.get(unit.id)) };
}

function fresh(channel: Channel): Viewer {
  const viewer = new Viewer("fleet");
  viewer.receive(channel.snapshot());
  return viewer;
}

void test("a delta applies exactly when the epoch is mine and base ≤ my offset < offset", () => {
  const mine = { epoch: "e", offset: 10 };
  assert.equal(judge(mine, { epoch: "e", base: 10, offset: 11 }), "apply");
  assert.equal(judge(mine, { epoch: "e", base: 7, offset: 11 }), "apply");
  assert.equal(judge(mine, { epoch: "e", base: 9, offset: 10 }), "ignore");
  assert.equal(judge(mine, { epoch: "e", base: 11, offset: 12 }), "resync");
  assert.equal(judge(mine, { epoch: "f", base: 9, offset: 11 }), "resync");
  assert.equal(judge(null, { epoch: "e", base: 0, offset: 1 }), "resync");
});

void test("a snapshot and the deltas after it make the later snapshot, whatever is lost, repeated or conflated", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seeded(seed);
    let channel = new Channel("epoch 1");
    const viewer = new Viewer("fleet");
    viewer.subscribe();
    viewer.receive(channel.snapshot());
    let told = 0;
    for (let stepNumber = 0; stepNumber < 200; stepNumber += 1) {
      const id = 1 + Math.floor(random() * 12);
      channel.change(id, random() < 0.2 ? null : `P-${Math.floor(random() * 5)}`, stepNumber);
      const fate = random();
      if (fate < 0.02) [channel, told] = [new Channel(`epoch ${stepNumber}`), 0];
      else if (fate < 0.2) told = channel.offset; // the frame is lost
      else if (fate > 0.5) {
        const reaction = hear(viewer, channel.delta(told), random);
        told = channel.offset;
        if (reaction.reply !== undefined) answer(channel, viewer, reaction.reply, random);
        if (fate > 0.9) hear(viewer, channel.delta(Math.max(0, channel.offset - 3)), random); // said twice
      }
    }
    answer(channel, viewer, viewer.subscribe(), random);
    assert.deepEqual(pictureOf(viewer), pictureOf(fresh(channel)), `seed ${seed}`);
  }
});

/** What a hub does with a subscribe: a delta from there when it can, else a snapshot. */
function answer(channel: Channel, viewer: Viewer, request: { epoch?: string; offset?: number }, random: () => number): void {
  const known = request.epoch === channel.epoch && request.offset !== undefined && request.offset <= channel.offset;
  hear(viewer, known ? channel.delta(request.offset ?? 0) : channel.snapshot(), random);
}

/** Say a message as it is, or some of its rows in parts before it: first what goes, then what comes. */
function hear(viewer: Viewer, message: Delta | Snapshot, random: () => number): Reaction {
  if (random() < 0.5) return viewer.receive(message);
  const early = Math.floor(random() * ((message.set?.fixes?.length ?? 0) + 1));
  const { channel, set, removed } = { removed: {}, ...message };
  const part = { type: "part", channel } as const;
  viewer.receive({ ...part, removed });
  viewer.receive({ ...part, set: { units: set?.units ?? [] } });
  viewer.receive({ ...part, set: { fixes: (set?.fixes ?? []).slice(0, early) } });
  const rest = { fixes: (set?.fixes ?? []).slice(early) };
  return viewer.receive(message.type === "delta" ? { ...message, set: rest, removed: {} } : { ...message, set: rest });
}

void test("a hole is asked for once, with the position, and the picture stays until the answer", () => {
  const channel = new Channel("e");
  channel.change(1, "A", 1);
  const viewer = fresh(channel);
  channel.change(2, "B", 2);
  channel.change(3, "C", 3);
  const late = channel.delta(2);
  assert.deepEqual(viewer.receive(late).reply, { type: "subscribe", channel: "fleet", epoch: "e", offset: 1 });
  channel.change(4, "D", 4);
  assert.equal(viewer.receive(channel.delta(3)).reply, undefined);
  assert.deepEqual([...viewer.fleet.units.keys()], [1]);
  viewer.receive(channel.delta(1));
  assert.deepEqual([...viewer.fleet.units.keys()].sort(), [1, 2, 3, 4]);
});

void test("a hub that cannot serve the position is asked as by a newcomer", () => {
  const channel = new Channel("e");
  const viewer = fresh(channel);
  const { reply } = viewer.receive({ type: "error", code: "resync", detail: "", channel: "fleet" });
  assert.deepEqual(reply, { type: "subscribe", channel: "fleet" });
});

void test("parts are applied in order with the message that closes them, in one step", () => {
  const channel = new Channel("e");
  channel.change(1, "A", 1);
  channel.change(2, "B", 2);
  const viewer = fresh(channel);
  viewer.receive({ type: "part", channel: "fleet", removed: { units: [1, 2], fixes: [1] } });
  viewer.receive({ type: "part", channel: "fleet", set: { units: [[1, "A again", null, "available"]] } });
  assert.deepEqual([...viewer.fleet.units.keys()].sort(), [1, 2]);
  const closing = { type: "delta", channel: "fleet", epoch: "e", base: 2, offset: 3, server_time: 1 } as const;
  const { change } = viewer.receive(closing);
  assert.deepEqual(change, { whole: false, units: [1, 2], fixes: [1] });
  assert.equal(viewer.fleet.units.get(1)?.plateNumber, "A again");
  assert.deepEqual([...viewer.fleet.fixes.keys()], [2]);
});

void test("a snapshot in parts replaces everything, and parts of an ignored message are dropped with it", () => {
  const channel = new Channel("e");
  channel.change(1, "A", 1);
  const viewer = fresh(channel);
  viewer.receive({ type: "part", channel: "fleet", set: { units: [[9, "never", null, "available"]] } });
  viewer.receive({ ...channel.delta(0), offset: 1 }); // known already
  viewer.receive({ type: "part", channel: "fleet", set: { units: [[2, "B", null, "available"]] } });
  const { change } = viewer.receive({ ...channel.snapshot(), offset: 5, set: { units: [[3, "C", null, "available"]] } });
  assert.deepEqual(change, { whole: true, units: [2, 3], fixes: [] });
  assert.deepEqual([...viewer.fleet.units.keys()], [2, 3]);
});

void test("filters chosen faster than they are answered are asked one at a time, and the last one wins", () => {
  const channel = new Channel("e");
  channel.change(1, "A", 1);
  const viewer = fresh(channel);
  const filters = [{ ids: [1] }, { ids: [2] }, { status: ["available"] }];
  const requests = filters.map((filter) => viewer.setFilter(filter));
  assert.deepEqual(requests, [{ type: "subscribe", channel: "fleet", filter: { ids: [1] } }, null, null]);
  channel.change(2, "B", 1);
  assert.deepEqual(viewer.receive(channel.delta(1)), {}); // of the picture before
  const { reply } = viewer.receive({ ...channel.snapshot(), offset: 40 });
  assert.deepEqual(reply, { type: "subscribe", channel: "fleet", filter: { status: ["available"] } });
  assert.equal(viewer.position, null);
  viewer.receive({ ...channel.snapshot(), offset: 50 });
  assert.deepEqual(viewer.position, { epoch: "e", offset: 50 });
  assert.equal(viewer.setFilter({ status: ["available"] }), null);
  assert.equal(viewer.waiting, false);
});

void test("a filter that the hub does not take is given up for the one before", () => {
  const viewer = fresh(new Channel("e"));
  viewer.setFilter({ ids: [1] });
  const { reply, filterRefused } = viewer.receive({ type: "error", code: "invalid_value", detail: "too many", channel: "fleet" });
  assert.deepEqual(reply, { type: "subscribe", channel: "fleet" });
  assert.equal(filterRefused, "too many");
});

void test("messages of another channel change nothing", () => {
  const viewer = fresh(new Channel("e"));
  const other = new Channel("e");
  other.change(9, "Z", 1);
  assert.deepEqual(viewer.receive({ ...other.snapshot(), channel: "ambulance:9" }), {});
  assert.equal(viewer.fleet.units.size, 0);
});
