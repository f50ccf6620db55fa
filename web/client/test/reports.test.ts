import assert from "node:assert/strict";
import { test } from "node:test";
import { DeviceClient } from "../src/device/device-client.ts";
import type { DeviceOptions } from "../src/device/device-client.ts";
import type { ReportAnswer } from "../src/device/report.ts";
import { MemorySpool, SpoolError } from "../src/device/spool.ts";
import type { Spool } from "../src/device/spool.ts";
import { ModelHub } from "./device-hub.ts";
import { settle, TestSurroundings } from "./hub.ts";

interface Bench {
  readonly place: TestSurroundings;
  readonly hub: ModelHub;
  readonly device: DeviceClient;
}

function bench(options: Partial<DeviceOptions> = {}, spool: Spool = new MemorySpool()): Bench {
  const place = new TestSurroundings();
  const token = (): Promise<string> => Promise.resolve("secret");
  const device = new DeviceClient({ url: "ws://hub/ws/device", token, spool, surroundings: place, ...options });
  return { place, hub: new ModelHub(), device };
}

async function calm(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await settle();
}

/** Let the device connect, and the hub say welcome. */
async function welcome({ place, hub, device }: Bench): Promise<void> {
  device.start();
  await calm();
  device.retryNow();
  await calm();
  hub.accept(place.socket);
  hub.read();
  await calm();
}

/** Let the hub read, commit and answer until nothing is open. */
async function serve(made: Bench): Promise<void> {
  for (let round = 0; round < 40; round += 1) {
    made.hub.read();
    made.hub.commit();
    await calm();
  }
}

const stages = ({ hub }: Bench): unknown[] => [...hub.reports.values()].map(({ body }) => (body as { stage?: string }).stage);

void test("a report is answered, and forgotten then", async () => {
  const made = bench();
  await welcome(made);
  const answered = made.device.report("accept", { assignment: "a" });
  await calm();
  const [said] = made.place.socket.sent;
  assert.deepEqual({ ...said, id: "" }, { type: "report", id: "", kind: "accept", at: made.place.now() * 1000, body: { assignment: "a" }, sent_at: made.place.now() * 1000 });
  assert.equal(made.device.reports.length, 1);
  await serve(made);
  assert.deepEqual(await answered, { id: said?.["id"], status: "done" });
  assert.equal(made.device.reports.length, 0);
});

void test("a refusal says how it stands", async () => {
  const made = bench();
  await welcome(made);
  const answered = made.device.report("stage", { assignment: "of another", stage: "en_route" });
  await serve(made);
  const { status, code, state } = await answered;
  assert.deepEqual([status, code, state], ["refused", "forbidden", { status: "cancelled" }]);
});

void test("what is said while the network is away goes later, in order, with the times of the device", async () => {
  const made = bench();
  await welcome(made);
  made.hub.cut();
  for (const stage of ["en_route", "on_scene", "transporting"] as const) {
    void made.device.report("stage", { assignment: "a", stage });
    made.place.pass(60_000);
    await calm();
  }
  await welcome(made);
  await serve(made);
  assert.deepEqual(stages(made), ["en_route", "on_scene", "transporting"]);
  const ages = [...made.hub.reports.values()].map(({ at, sent_at }) => Math.round((Number(sent_at) - Number(at)) / 60e6));
  assert.deepEqual(ages, [3, 2, 1]);
});

void test("an answer that is lost is asked for again, and the report counts once", async () => {
  const made = bench();
  await welcome(made);
  const answered = made.device.report("duty", { status: "out_of_service" });
  await calm();
  made.hub.read();
  made.hub.reports.set(made.device.reports[0]?.id ?? "", { first: true }); // committed, and the hub died before it answered
  made.hub.cut();
  await calm();
  await welcome(made);
  await serve(made);
  assert.equal((await answered).status, "done");
  assert.deepEqual([...made.hub.reports.values()], [{ first: true }]);
});

void test("a report outlives its page", async () => {
  const spool = new MemorySpool();
  const first = bench({}, spool);
  first.device.start();
  await calm();
  void first.device.report("message", { text: "stuck in traffic" });
  void first.device.report("message", { text: "and now moving" });
  await calm();
  await first.device.stop();
  const heard: ReportAnswer[] = [];
  const second = bench({ onAnswer: (answer) => heard.push(answer) }, spool);
  second.device.start();
  void second.device.report("message", { text: "there" }); // before the spool is open
  await calm();
  await welcome(second);
  await serve(second);
  assert.deepEqual([...second.hub.reports.values()].map(({ body }) => (body as { text: string }).text), ["stuck in traffic", "and now moving", "there"]);
  assert.equal(heard.length, 3);
  assert.deepEqual(await spool.reports(), []);
});

void test("only so many are on their way at once", async () => {
  const made = bench();
  await welcome(made);
  for (let number = 0; number < 40; number += 1) void made.device.report("message", { text: String(number) });
  await calm();
  assert.equal(made.place.socket.sent.length, 16);
  await serve(made);
  assert.equal(made.hub.reports.size, 40);
});

void test("a full spool says so, and never swallows a call for help", async () => {
  const made = bench();
  made.device.start();
  await calm();
  for (let number = 0; number < 500; number += 1) void made.device.report("message", { text: String(number) });
  await assert.rejects(made.device.report("message", { text: "one more" }), SpoolError);
  made.device.alarm("help");
  assert.equal(made.device.reports.length, 501);
});

void test("a call for help needs no position, and is delivered by its report", async () => {
  const made = bench();
  await welcome(made);
  made.device.alarm("help");
  assert.deepEqual(made.device.current.alarm, { id: "help", delivered: false });
  await serve(made);
  assert.deepEqual((made.hub.reports.get("help") as { body: object }).body, { alarm: "help" });
  assert.deepEqual(made.device.current.alarm, { id: "help", delivered: true });
});

class FullSpool extends MemorySpool {
  override keepReport(): Promise<void> {
    return Promise.reject(new SpoolError("no room"));
  }
}

void test("a spool that refuses does not hold up a report", async () => {
  const made = bench({}, new FullSpool());
  await welcome(made);
  const answered = made.device.report("accept", { assignment: "a" });
  await serve(made);
  assert.equal((await answered).status, "done");
});
