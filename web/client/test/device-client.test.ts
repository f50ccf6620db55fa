import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandRefused } from "../src/device/commands.ts";
import { DeviceClient } from "../src/device/device-client.ts";
import type { DeviceOptions } from "../src/device/device-client.ts";
import type { DeviceFix } from "../src/device/fix.ts";
import { MemorySpool } from "../src/device/spool.ts";
import type { Spool } from "../src/device/spool.ts";
import { HttpRefusal } from "../src/tickets.ts";
import { ModelHub } from "./device-hub.ts";
import { settle, TestSurroundings } from "./hub.ts";
import { seeded } from "./random.ts";

const fix = (number: number): DeviceFix => ({ recordedAtUs: number, latitude: 12, longitude: 77, heading: NaN });

interface Bench {
  readonly place: TestSurroundings;
  readonly hub: ModelHub;
  readonly device: DeviceClient;
}

function bench(options: Partial<DeviceOptions> = {}, spool: Spool = new MemorySpool()): Bench {
  const place = new TestSurroundings();
  const token = (): Promise<string> => Promise.resolve("secret");
  const device = new DeviceClient({ url: "ws://hub/ws/device", token, spool, surroundings: place, frameFixes: 20, ...options });
  return { place, hub: new ModelHub(), device };
}

/** Let promises follow each other for as long as anything may. */
async function calm(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await settle();
}

async function connect({ place, hub, device }: Bench): Promise<void> {
  device.start();
  await calm();
  hub.accept(place.socket);
  hub.read();
  await calm();
}

/** Let the hub read and commit until nothing more comes. */
async function drain(made: Bench): Promise<void> {
  for (let round = 0; round < 40 && made.device.unacked > 0; round += 1) {
    made.hub.read();
    made.hub.commit();
    await calm();
  }
}

const rowsOf = (hub: ModelHub): number[][] => [...hub.logs.values()].map((log) => [...log.rows.values()].map((row) => (row as number[])[0] as number));

void test("fixes leave at once, are forgotten when acked, and not before", async () => {
  const made = bench();
  await connect(made);
  assert.deepEqual(made.place.socket.headers, { Authorization: "Bearer secret" });
  made.device.offer(fix(1));
  let drained = false;
  void made.device.drained().then(() => (drained = true));
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve(assert.equal(made.device.unacked, 1)); // while it is written, too
  await calm();
  assert.ok(!drained);
  const [data] = made.place.socket.sent;
  assert.deepEqual(data?.["fixes"], [[1, 12, 77, null, null, null, null]]);
  assert.equal(data?.["sent_at"], made.place.now() * 1000);
  made.hub.read();
  made.hub.commit();
  await calm();
  assert.equal(made.device.unacked, 0);
  assert.ok(drained);
});

/** Let whoever waits try again, and the hub take whoever has come. */
async function reconnect({ place, hub, device }: Bench, seen: Set<unknown>): Promise<void> {
  await calm();
  if (device.current.phase === "waiting") place.pass(20_000);
  await calm();
  const socket = place.sockets.at(-1);
  if (socket === undefined || seen.has(socket)) return;
  seen.add(socket);
  hub.accept(socket);
}

void test("whatever breaks, each sample is stored once and in order, under the credit", async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seeded(seed);
    const made = bench();
    const seen = new Set<unknown>();
    made.device.start();
    let offered = 0;
    for (let step = 0; step < 120; step += 1) {
      const fate = random();
      if (fate < 0.3) for (let count = random() * 60; count > 0; count -= 1) made.device.offer(fix((offered += 1)));
      else if (fate < 0.6) made.hub.read();
      else if (fate < 0.8) made.hub.commit();
      else if (fate < 0.86) made.hub.cut(random() < 0.5 ? 1006 : 1012);
      await reconnect(made, seen);
    }
    for (let round = 0; round < 50 && made.device.unacked > 0; round += 1) {
      await reconnect(made, seen);
      await drain(made);
    }
    assert.deepEqual(rowsOf(made.hub), [Array.from({ length: offered }, (_, place) => place + 1)], `seed ${seed}`);
    await made.device.stop();
  }
});

void test("a backlog drains in frames, and the newest fix is shown at once, at most once a second", async () => {
  const made = bench();
  for (let number = 1; number <= 500; number += 1) made.device.offer(fix(number));
  await connect(made);
  assert.deepEqual(made.hub.hints, [500]);
  await drain(made);
  assert.equal(rowsOf(made.hub)[0]?.length, 500);
  assert.deepEqual(made.hub.hints, [500]);
  assert.ok(made.hub.unackedMax <= 120);
});

void test("a hub restored from a backup gets what is still kept, and is told what is not", async () => {
  const made = bench();
  await connect(made);
  for (let number = 1; number <= 10; number += 1) made.device.offer(fix(number));
  await drain(made);
  made.device.offer(fix(11)); // acked ones leave the spool with the next append
  await calm();
  made.hub.restore(4);
  made.place.pass(20_000);
  await calm();
  made.hub.accept(made.place.socket);
  await drain(made);
  const [log] = made.hub.logs.values();
  assert.deepEqual(log?.skips, [{ from: 5, to: 10, reason: "hub_lost" }]);
  assert.deepEqual([...(log?.rows.keys() ?? [])], [1, 2, 3, 4, 11]);
});

void test("a spool that is older than the hub's memory of it goes on as a new log", async () => {
  const spool = new MemorySpool();
  const made = bench({}, spool);
  made.device.start();
  made.device.offer(fix(7));
  await calm();
  const { logId } = await spool.open();
  made.hub.logs.set(logId, { stream: 9, mark: 40, rows: new Map(), skips: [] });
  made.hub.accept(made.place.socket);
  made.hub.read();
  await calm();
  assert.equal(made.device.current.phase, "waiting");
  made.place.pass(20_000);
  await calm();
  made.hub.accept(made.place.socket);
  await drain(made);
  assert.deepEqual(rowsOf(made.hub), [[], [7]]);
});

void test("a full spool drops the oldest and says so", async () => {
  const made = bench({}, new MemorySpool(30));
  made.device.start();
  for (let number = 1; number <= 100; number += 1) made.device.offer(fix(number));
  await calm();
  made.hub.accept(made.place.socket);
  await drain(made);
  const [log] = made.hub.logs.values();
  assert.deepEqual(log?.skips, [{ from: 1, to: 70, reason: "spool_full" }]);
  assert.equal(log?.rows.size, 30);
});

void test("a call for help rides on every fix until one is acked, and on another when its own is refused", async () => {
  const made = bench();
  await connect(made);
  made.device.offer(fix(1));
  await drain(made);
  const id = made.device.alarm("help");
  await calm();
  assert.equal(made.device.alarm(), id);
  made.device.offer(fix(2));
  await calm();
  const carried = (): unknown[] => made.place.socket.sent.flatMap((said) => ((said["fixes"] ?? []) as unknown[][]).map((row) => row[7]));
  assert.deepEqual(carried(), [["sos", "help"], ["sos", "help"]]);
  made.place.socket.say({ type: "nack", stream: 1, seq: 2, code: "invalid_value", detail: "no" });
  made.place.socket.say({ type: "nack", stream: 1, seq: 3, code: "invalid_value", detail: "no" });
  assert.deepEqual(made.device.current.alarm, { id: "help", delivered: false });
  made.device.offer(fix(4));
  await calm();
  assert.deepEqual(carried().at(-1), ["sos", "help"]);
  made.place.socket.say({ type: "ack", acks: [[1, 4]], credit: 120 });
  assert.deepEqual(made.device.current.alarm, { id: "help", delivered: true });
  made.device.offer(fix(5));
  await calm();
  assert.equal(carried().at(-1), undefined);
});

void test("a command is carried out once however often it comes, and always answered", async () => {
  const done: string[] = [];
  const onCommand = ({ kind }: { kind: string }): void => {
    done.push(kind);
    if (kind === "dance") throw new CommandRefused("no music");
  };
  const made = bench({ onCommand });
  await connect(made);
  const say = (id: string, kind: string): void => made.place.socket.say({ type: "command", id, kind, body: {} });
  say("a", "reporting");
  say("b", "dance");
  say("a", "reporting");
  await calm();
  assert.deepEqual(done, ["reporting", "dance"]);
  assert.deepEqual(made.place.socket.sent, [
    { type: "command_ack", id: "a", status: "done" },
    { type: "command_ack", id: "b", status: "refused", detail: "no music" },
    { type: "command_ack", id: "a", status: "done" },
  ]);
});

void test("a silent hub is asked after ten seconds and left after fifteen; a database that is away is no reason", async () => {
  const made = bench();
  await connect(made);
  made.device.offer(fix(1));
  for (let second = 0; second < 60; second += 1) {
    made.place.pass(1_000);
    made.hub.read(); // and commits nothing
  }
  assert.equal(made.device.current.phase, "streaming");
  made.place.pass(16_000);
  assert.equal(made.device.current.attempt, 1);
});

void test("a device that the hub refuses stays away for five minutes and says so", async () => {
  const superseded = bench();
  await connect(superseded);
  superseded.hub.cut(4503);
  assert.ok(superseded.device.current.refused);
  assert.ok((superseded.device.current.retryAtMs ?? 0) - superseded.place.now() >= 300_000);
  const revoked = bench({ token: () => Promise.reject(new HttpRefusal(401, 0)) });
  revoked.device.start();
  await calm();
  assert.ok(revoked.device.current.refused);
});

void test("what the protocol does not know ends the connection, not the device", async () => {
  const made = bench();
  await connect(made);
  made.place.socket.say({ type: "ack", acks: [["1", 2]], credit: 1 });
  assert.equal(made.device.current.phase, "waiting");
  assert.match(made.device.current.detail, /does not speak the protocol/);
});

void test("a spool that refuses is opened again, and nothing that was offered is lost", async () => {
  const spool = new MemorySpool();
  let failures = 2;
  const append = spool.append.bind(spool);
  spool.append = (what) => ((failures -= 1) >= 0 ? Promise.reject(new Error("disk")) : append(what));
  const made = bench({}, spool);
  made.device.start();
  made.device.offer(fix(1));
  for (let second = 0; second < 3; second += 1) {
    await calm();
    made.place.pass(1_000);
  }
  await calm();
  made.hub.accept(made.place.socket);
  await drain(made);
  assert.deepEqual(rowsOf(made.hub), [[1]]);
});
