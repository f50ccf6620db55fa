import assert from "node:assert/strict";
import { test } from "node:test";
import { fromText, toText, USUAL } from "../view.ts";
import type { View } from "../view.ts";

const SET_UP: View = {
  filter: { text: "KA 1003 & co", hidden: new Set(["offline", "available"]), overdueOnly: true },
  sorting: { column: "distance", reversed: true },
  extras: new Set(["distance"]),
  wide: true,
  at: { latitude: 18.52043, longitude: -73.85674, zoom: 12.5 },
  areaOnly: true,
  wall: true,
};

void test("the usual view needs no words", () => {
  assert.equal(toText(USUAL), "");
  assert.deepEqual(fromText(""), USUAL);
});

void test("whatever is set up comes back from its text", () => {
  assert.deepEqual(fromText(toText(SET_UP)), SET_UP);
  assert.equal(toText({ ...USUAL, wall: true, sorting: { column: "age", reversed: false } }), "sort=age&wall");
  const nothing = { ...USUAL, extras: new Set<never>() };
  assert.deepEqual(fromText(toText(nothing)), nothing);
});

void test("what makes no sense is as usual", () => {
  const nonsense = "sort=constructor&hide=<b>,%00&columns=__proto__&at=91,0,3";
  assert.deepEqual(fromText(nonsense), { ...USUAL, extras: new Set() });
  for (const at of ["1,2", "1,2,x", ",,", "1,2,3,4", "0,181,3"]) assert.equal(fromText(`at=${at}`).at, null);
});
