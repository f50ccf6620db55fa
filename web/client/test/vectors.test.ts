/** The vectors beside the protocol page, which other people's clients are tried with, hold for this one. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseToDevice } from "../src/device/protocol.ts";
import { FeedCursor } from "../src/feed.ts";
import type { Position } from "../src/position.ts";
import { parseMessage } from "../src/protocol.ts";
import type { Events, Refusal, Subscribe, Tables } from "../src/protocol.ts";
import { StateFollower } from "../src/state.ts";
import type { StateRow, StateTables } from "../src/state.ts";
import { Viewer } from "../src/viewer.ts";

/** The tests run in `web`. */
function vectors<Vector>(name: string): Vector[] {
  const text = readFileSync(join(process.cwd(), "..", "docs", "protocol", `${name}.json`), "utf8");
  return (JSON.parse(text) as { vectors: Vector[] }).vectors;
}

interface ViewerVector {
  readonly name: string;
  readonly before: Position & { readonly tables: Tables };
  readonly parts?: readonly object[];
  readonly message: object;
  readonly then: string;
  readonly after: Position & { readonly tables: Tables };
}

/** A viewer that has taken a picture. */
function holding(picture: Position & { readonly tables: Tables }): Viewer {
  const viewer = new Viewer("fleet");
  const { epoch, offset, tables } = picture;
  viewer.receive({ type: "snapshot", channel: "fleet", epoch, offset, server_time: 1, set: tables });
  return viewer;
}

for (const vector of vectors<ViewerVector>("viewer")) {
  void test(`a viewer: ${vector.name}`, () => {
    const viewer = holding(vector.before);
    for (const part of vector.parts ?? []) viewer.receive(parseMessage(JSON.stringify(part)));
    const { reply } = viewer.receive(parseMessage(JSON.stringify(vector.message)));
    assert.equal(reply !== undefined, vector.then === "subscribe again");
    assert.deepEqual(viewer.position, { epoch: vector.after.epoch, offset: vector.after.offset });
    assert.deepEqual(viewer.fleet, holding(vector.after).fleet);
  });
}

interface StateVector {
  readonly name: string;
  readonly before: Position & { readonly tables: Readonly<Record<string, readonly StateRow[]>> };
  readonly message: { readonly channel: string };
  readonly then: string;
  readonly after: Position & { readonly tables: Readonly<Record<string, readonly StateRow[]>> };
}

for (const { name, before, message, then, after } of vectors<StateVector>("physio")) {
  void test(`a viewer of a session: ${name}`, () => {
    const sent: Subscribe[] = [];
    let seen: StateTables = new Map();
    let told = 0;
    const { channel } = message;
    const follower = new StateFollower({ channel, onState: (tables) => ((seen = tables), (told += 1)) });
    follower.connected((request) => sent.push(request));
    const { epoch, offset, tables } = before;
    follower.receive(parseMessage(JSON.stringify({ type: "snapshot", channel, epoch, offset, server_time: 1, set: tables })));
    follower.receive(parseMessage(JSON.stringify(message)));
    assert.equal(told - 1, Number(then === "applied"));
    assert.equal(sent.length - 1, Number(then === "subscribe again"));
    for (const [table, rows] of Object.entries(after.tables)) assert.deepEqual([...(seen.get(table)?.values() ?? [])], rows);
    follower.connected((request) => sent.push(request));
    assert.deepEqual(sent.at(-1), { type: "subscribe", channel, epoch: after.epoch, offset: after.offset });
  });
}

interface EventVector {
  readonly name: string;
  readonly before: Position | null;
  readonly message: object;
  readonly then: string;
  readonly told: readonly number[];
  readonly after: Position;
}

for (const { name, before, message, then, told, after } of vectors<EventVector>("events")) {
  // this client never comes without a position: the state that it reads first tells it where to begin
  if (before === null) continue;
  void test(`a viewer of events: ${name}`, () => {
    const cursor = new FeedCursor("alarms");
    cursor.subscribe(before);
    cursor.receive({ type: "events", channel: "alarms", ...before, base: before.offset, server_time: 1, events: [] });
    const said = parseMessage(JSON.stringify(message)) as Events | Refusal;
    const { events = [], reply, restart } = said.type === "events" ? cursor.receive(said) : cursor.refuse(said);
    assert.deepEqual(events.map((event) => event.offset), told);
    assert.equal(reply !== undefined, then === "subscribe again");
    assert.equal(restart === true, then === "read the state again");
    assert.deepEqual(cursor.position, restart ? null : after);
  });
}

void test("every frame that a hub writes is read", () => {
  for (const { from, json } of vectors<{ from: string; json?: string }>("frames")) {
    // this client speaks JSON, and never says `open`, which `opened` answers: its one stream is claimed in `hello`
    if (json === undefined || json.includes('"type":"opened"')) continue;
    if (from === "live") assert.deepEqual(parseMessage(json), JSON.parse(json));
    if (from === "hub") assert.deepEqual(parseToDevice(json), JSON.parse(json));
  }
});
