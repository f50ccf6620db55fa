import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntityColumn } from "../generated/entities.ts";
import { complaintOf, fromInput, readPlace, toInput } from "../shared/field-values.ts";
import { matchPath } from "../shell/match.ts";

function column(kind: EntityColumn["kind"], given: Partial<EntityColumn> = {}): EntityColumn {
  const none = { minimum: null, maximum: null, pattern: null, references: null, example: null };
  const terms = { nullable: true, create: "may", change: true, choices: [], ...none } as const;
  return { name: "field", about: "", kind, ...terms, ...given };
}

void test("what an input shows of a value becomes that value again", () => {
  const values: readonly (readonly [EntityColumn["kind"], unknown])[] = [
    ["text", "4 Palm Lane"],
    ["integer", 30],
    ["number", -1.5],
    ["money", "0.10"],
    ["boolean", true],
    ["date", "1984-05-17"],
    ["moment", new Date(2026, 10, 23, 9, 30).toISOString()],
    ["place", { latitude: 18.5, longitude: 73.9 }],
    ["texts", ["one", "two"]],
    ["text", null],
  ];
  for (const [kind, value] of values) assert.deepEqual(fromInput(column(kind), toInput(column(kind), value)), value);
});

void test("an emptied field is nothing, not an empty text", () => {
  assert.equal(fromInput(column("text"), "  "), null);
  assert.equal(fromInput(column("integer"), ""), null);
});

void test("complaints say what to write", () => {
  const minutes = column("integer", { minimum: 5, maximum: 720 });
  assert.match(complaintOf(minutes, "4", true) ?? "", /At least 5/);
  assert.match(complaintOf(minutes, "4.5", true) ?? "", /whole/);
  assert.match(complaintOf(minutes, "", true) ?? "", /needed/);
  assert.equal(complaintOf(minutes, "", false), null);
  assert.equal(complaintOf(minutes, "30", true), null);
  assert.match(complaintOf(column("text", { maximum: 3 }), "four", true) ?? "", /these are 4/);
  assert.match(complaintOf(column("text", { name: "time_zone" }), "Moon/Crater", true) ?? "", /time zone/);
  assert.match(complaintOf(column("place"), "Pune", true) ?? "", /latitude/);
});

void test("a place is two numbers on the earth", () => {
  assert.deepEqual(readPlace("18.5204, 73.8567"), { latitude: 18.5204, longitude: 73.8567 });
  assert.deepEqual(readPlace("-33.9 18.4"), { latitude: -33.9, longitude: 18.4 });
  assert.equal(readPlace("91, 0"), null);
  assert.equal(readPlace("18.5"), null);
});

void test("a path belongs to one route, and what stands for its id is read back", () => {
  const routes = [{ path: "/" }, { path: "/people" }, { path: "/people/{id}" }];
  assert.deepEqual(matchPath(routes, "/people/a%20b"), { route: routes[2], id: "a b" });
  assert.equal(matchPath(routes, "/")?.route, routes[0]);
  assert.equal(matchPath(routes, "/people/")?.route, routes[1]);
  assert.equal(matchPath(routes, "/people/7/8"), null);
  assert.equal(matchPath(routes, "/nobody"), null);
});
