import assert from "node:assert/strict";
import { test } from "node:test";
import { sayDayTitle } from "../inbox/moments.ts";
import { countCharacters, markOf } from "../inbox/records.ts";
import type { Message, Unsent } from "../inbox/records.ts";
import { EMPTY, unreadOf, withMessages, withUnsent } from "../inbox/thread.ts";
import { describeAgent } from "../profile/user-agent.ts";

function message(sequence: number, more: Partial<Message> = {}): Message {
  const plain = { client_id: null, delivered_at: null, read_at: null, corrects: null, sent_at: "2026-11-23T10:00:00Z" };
  return { id: `m${sequence}`, sender_id: "a", receiver_id: "b", content: "x", sequence, ...plain, ...more };
}

const UNSENT: Unsent = { clientId: "c1", content: "x", corrects: null, writtenAtMs: 1, failure: null, passing: false };

void test("messages stand in the hub's order, each once, whatever order they come in", () => {
  const thread = withMessages(withMessages(EMPTY, [message(3), message(1)]), [message(2), message(3)]);
  assert.deepEqual(thread.messages.map(({ sequence }) => sequence), [1, 2, 3]);
});

void test("an answer that an event overtook takes no mark back", () => {
  const read = message(1, { delivered_at: "2026-11-23T10:00:01Z", read_at: "2026-11-23T10:00:02Z" });
  const thread = withMessages(withMessages(EMPTY, [read]), [message(1)]);
  assert.equal(thread.messages.map(markOf)[0], "read");
  assert.deepEqual(unreadOf(thread, "b"), []);
});

void test("what the hub has taken is not waiting any more, whether the answer or the event came first", () => {
  const thread = withUnsent(EMPTY, UNSENT);
  assert.equal(withMessages(thread, [message(1, { client_id: "c2" })]).unsent.length, 1);
  assert.equal(withMessages(thread, [message(1, { client_id: "c1" })]).unsent.length, 0);
});

void test("characters are counted as the database does", () => {
  assert.equal(countCharacters("🚑".repeat(4_000)), 4_000);
  assert.equal(countCharacters("e\u0301"), 2);
});

void test("the day before a change of the clock is yesterday too", () => {
  const now = new Date(2026, 10, 23, 0, 30).getTime();
  assert.equal(sayDayTitle(new Date(2026, 10, 22, 23, 59).toISOString(), now), "Yesterday");
  assert.equal(sayDayTitle(new Date(2026, 10, 23, 0, 1).toISOString(), now), "Today");
});

void test("a browser is named by what it is, not by what it pretends to be", () => {
  const edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0";
  assert.equal(describeAgent("web", edge), "Edge on Windows");
  assert.equal(describeAgent("app", "Arogya/1.0 (iPhone; iOS 20)"), "An app on iPhone");
  assert.equal(describeAgent("web", null), "A browser");
});
