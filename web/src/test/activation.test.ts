import assert from "node:assert/strict";
import { test } from "node:test";
import { countCharacters, invitationIn, judgeLength } from "../activation.ts";

void test("a link carries its token, and whose account it is", () => {
  assert.deepEqual(invitationIn("#activate=a-B_9/asha%2Bon-call%40example.org"), {
    token: "a-B_9",
    email: "asha+on-call@example.org",
  });
  assert.deepEqual(
    ["#activate=a-B_9", "#activate=a-B_9/", "#activate=a-B_9/asha%"].map(invitationIn),
    Array(3).fill({ token: "a-B_9", email: null }),
  );
  assert.deepEqual(["", "#", "#overview", "#inactivate=a"].map(invitationIn), [null, null, null, null]);
});

void test("characters are counted in any script as the hub counts them", () => {
  assert.deepEqual(["", "e\u0301", "🚑🚑", "नमस्ते"].map(countCharacters), [0, 1, 2, 6]);
});

void test("a password that is still short is not wrong yet, and one that is too long is", () => {
  const lengths = [0, 11, 12, 128, 129].map((length) => judgeLength("🚑".repeat(length)));
  assert.deepEqual(lengths, ["open", "open", "met", "met", "broken"]);
});
