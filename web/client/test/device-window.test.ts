import assert from "node:assert/strict";
import { test } from "node:test";
import { Window } from "../src/device/window.ts";
import type { Kept } from "../src/device/window.ts";
import { seeded } from "./random.ts";

const kept = (first: number, last: number, ackedEver = 0): Kept => ({ first, last, ackedEver });

void test("one live sample goes alone and a backlog in full frames", () => {
  const window = new Window(0, 1_000, 50);
  assert.deepEqual(window.nextStep(kept(1, 1)), { first: 1, samples: 1 });
  assert.deepEqual(window.nextStep(kept(1, 500)), { first: 1, samples: 50 });
});

void test("credit bounds what is on the way, and the hub may take it back", () => {
  const window = new Window(0, 70, 50);
  window.sent({ first: 1, samples: 50 });
  assert.deepEqual(window.nextStep(kept(1, 500)), { first: 51, samples: 20 });
  window.sent({ first: 51, samples: 20 });
  assert.equal(window.nextStep(kept(1, 500)), null);
  window.accept(50);
  assert.equal(window.unacked, 20);
  window.credit = 0;
  assert.equal(window.nextStep(kept(1, 500)), null);
});

void test("a nack goes back and gives the credit back, but not to a place that cannot be", () => {
  const window = new Window(0, 100, 50);
  window.sent({ first: 1, samples: 50 });
  window.sent({ first: 51, samples: 50 });
  assert.ok(!window.goBack(0) && !window.goBack(102));
  assert.ok(window.goBack(20));
  assert.equal(window.unacked, 19);
  assert.deepEqual(window.nextStep(kept(1, 100)), { first: 20, samples: 50 });
});

void test("samples the hub lost and samples the spool dropped are told apart", () => {
  const window = new Window(5, 100, 50);
  const spool = kept(31, 40, 20);
  const lost = { first: 6, last: 20, reason: "hub_lost" } as const;
  assert.deepEqual(window.nextStep(spool), lost);
  window.skipped(lost);
  const dropped = { first: 21, last: 30, reason: "spool_full" } as const;
  assert.deepEqual(window.nextStep(spool), dropped);
  window.skipped(dropped);
  assert.deepEqual(window.nextStep(spool), { first: 31, samples: 10 });
  assert.equal(window.unacked, 2); // the hub counts a skip as one sample
});

void test("refused samples count as acked in their turn", () => {
  const window = new Window(0, 100, 50);
  window.sent({ first: 1, samples: 10 });
  assert.ok(!window.refuse(3) && !window.refuse(4));
  assert.ok(window.accept(2));
  assert.equal(window.acked, 4);
  assert.ok(window.refuse(5));
  assert.ok(window.accept(10));
  assert.equal(window.unacked, 0);
  assert.ok(!window.accept(10));
});

void test("a live hint is needed only when the newest sample has to wait", () => {
  const window = new Window(0, 60, 50);
  assert.ok(!window.lags(kept(1, 50)));
  assert.ok(window.lags(kept(1, 51)));
  window.sent({ first: 1, samples: 60 });
  assert.ok(window.lags(kept(1, 61)) && !window.lags(kept(1, 60)));
});

void test("every sample is delivered in order through any loss, within the credit", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const credit = 1 + Math.floor(random() * 30);
    const window = new Window(0, credit, 7);
    let got = 0;
    for (let step = 0; step < 500; step += 1) {
      const works = step > 60;
      const next = window.nextStep(kept(window.acked + 1, 100, window.acked));
      if (next !== null && "samples" in next) {
        window.sent(next);
        assert.ok(window.unacked <= credit);
        if (!works && random() < 0.2) continue; // lost on the way
        if (next.first > got + 1) {
          window.goBack(got + 1);
          continue;
        }
        got = Math.max(got, next.first + next.samples - 1);
      }
      if (works || random() < 0.8) window.accept(got);
      if (next === null && window.acked === got && got < 100) window.goBack(got + 1); // as a reconnect does
    }
    assert.deepEqual([got, window.acked], [100, 100], `seed ${seed}`);
  }
});
