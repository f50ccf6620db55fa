import assert from "node:assert/strict";
import { test } from "node:test";
import { delay, headline, reason } from "../connection-words.ts";
import { currencyOf, isWorthBanner } from "../currency.ts";

const CONNECTION = { phase: "live", attempt: 0, retryAtMs: null, closeCode: 0 } as const;

void test("a connection that stands but says nothing is not live", () => {
  assert.equal(currencyOf("live", 1000, 1500), "current");
  assert.equal(currencyOf("live", 1000, 4000), "quiet");
  assert.equal(currencyOf("waiting", 1000, 1100), "gone");
  assert.equal(currencyOf("live", null, 1100), "blank");
  assert.equal(headline(CONNECTION, "quiet", 5000, 1000), "Silent for 4 s");
});

void test("a first retry that works at once is not worth a banner", () => {
  assert.equal(isWorthBanner("gone", "connecting", 1, 400), false);
  assert.equal(isWorthBanner("gone", "connecting", 1, 2000), true);
  assert.equal(isWorthBanner("gone", "waiting", 2, 100), true);
  assert.equal(isWorthBanner("quiet", "live", 0, 3000), true);
  assert.equal(isWorthBanner("blank", "connecting", 0, 0), false);
  assert.equal(isWorthBanner("blank", "waiting", 1, 0), true);
  assert.equal(isWorthBanner("gone", "refused", 1, 9000), false);
});

void test("what people have to do is said before what the page does", () => {
  const waiting = { ...CONNECTION, phase: "waiting", attempt: 2, retryAtMs: 9000 } as const;
  assert.equal(headline(waiting, "gone", 5000, 1000), "Reconnecting in 4 s");
  assert.equal(reason(waiting, "gone", 4000), null);
  assert.match(reason(waiting, "gone", 300_000) ?? "", /radio/);
  assert.match(reason({ ...waiting, closeCode: 4505 }, "gone", 0) ?? "", /windows/);
  assert.match(reason({ ...waiting, phase: "signed_out" }, "gone", 0) ?? "", /sign in/);
});

void test("delays are milliseconds, then tenths of seconds", () => {
  assert.deepEqual([0.4, 142.2, 999, 1240].map(delay), ["0 ms", "142 ms", "999 ms", "1.2 s"]);
});
