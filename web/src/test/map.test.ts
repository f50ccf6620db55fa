import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fix, Unit } from "@arogya/client";
import { areaOf } from "../map/area.ts";
import { gather } from "../map/clusters.ts";
import { mainGroup } from "../map/first-view.ts";
import { Marker } from "../map/marker.ts";
import type { Placed } from "../map/markers.ts";
import { unitX } from "../map/mercator.ts";

const FREE = { capability: "basic", requestId: null, stage: null, priority: null, etaAtUs: null };
const UNIT: Unit = { id: 1, plateNumber: "KA-1", driverName: null, status: "available", ...FREE };

function fix(longitude: number, atS: number): Fix {
  const rest = { speed: null, heading: null, accuracy: null, alarmAtUs: null };
  return { id: 1, latitude: 0, longitude, fixAtUs: atS * 1e6, ...rest };
}

function placed(id: number, x: number, y: number, freshness: Placed["freshness"] = "live"): Placed {
  return { marker: new Marker(id, { ...UNIT, id }, fix(0, 0)), x, y, ageS: 1, freshness };
}

void test("a marker glides along the line of its last two fixes, and stands on the newest before the next comes", () => {
  const marker = new Marker(1, UNIT, fix(0, 10));
  assert.equal(marker.atX(0), unitX(0));
  marker.update(UNIT, fix(0.0002, 11), 1000);
  assert.equal(marker.atX(1000), unitX(0));
  const middle = marker.atX(1425);
  assert.ok(middle > unitX(0) && middle < unitX(0.0002));
  assert.equal(marker.atX(1850), unitX(0.0002));
  assert.equal(marker.gliding(1850), false);
  assert.equal(marker.atX(500), unitX(0), "a screen's frame may have begun before the message came");
});

void test("nobody knows the way of a jump, so it is not drawn", () => {
  const marker = new Marker(1, UNIT, fix(0, 10));
  marker.update(UNIT, fix(0.01, 11), 1000); // 1.1 km in a second
  assert.equal(marker.atX(1001), unitX(0.01));
  marker.update(UNIT, fix(0.0101, 21), 1000); // ten seconds later
  assert.equal(marker.atX(1001), unitX(0.0101));
  marker.update(UNIT, fix(0.0102, 22), null); // where less motion is wanted
  assert.equal(marker.atX(1001), unitX(0.0102));
});

void test("a crowd becomes a ring that counts the overdue, and whoever stands apart does not", () => {
  const crowd = Array.from({ length: 8 }, (_, id) => placed(id, 10 + id, 10, id < 2 ? "lost" : "live"));
  const lonely = placed(99, 400, 300);
  const { singles, clusters } = gather([...crowd, lonely], { zoom: 10, originX: 0, originY: 0 }, (one) => one.marker.id === 7);
  assert.deepEqual(singles.map((one) => one.marker.id).sort((one, other) => one - other), [7, 99]);
  const [ring] = clusters;
  assert.equal(ring?.members.length, 7);
  assert.deepEqual([ring?.lost, ring?.overdue, ring?.statuses.reduce((sum, count) => sum + count)], [2, 2, 5]);
});

void test("moving the map by whole pixels changes no ring, and close up there are none", () => {
  const crowd = (shift: number): Placed[] => Array.from({ length: 40 }, (_, id) => placed(id, id * 5 - shift, 50));
  const sizes = (shift: number, zoom = 10): number[] =>
    gather(crowd(shift), { zoom, originX: shift, originY: 0 }, () => false).clusters.map((one) => one.members.length);
  assert.deepEqual(sizes(0), sizes(33));
  assert.deepEqual(sizes(0, 16), []);
});

void test("the first view is of the largest group, not of a stray recording on another continent", () => {
  const pune = Array.from({ length: 9 }, (_, index) => ({ latitude: 18.5 + index / 100, longitude: 73.8 }));
  const munich = { latitude: 48.1, longitude: 11.5 };
  assert.deepEqual(mainGroup([munich, ...pune]).length, 9);
  assert.deepEqual(mainGroup([munich]), [munich]);
  assert.deepEqual(mainGroup([]), []);
});

void test("a fleet that is spread over a country without a gap is one group", () => {
  const along = Array.from({ length: 20 }, (_, index) => ({ latitude: 10 + index, longitude: 75 + index / 2 }));
  assert.equal(mainGroup(along).length, 20);
});

void test("an area may cross the antimeridian, and the whole world is no area", () => {
  assert.deepEqual(areaOf({ south: 1, west: 170, north: 2, east: 190 }), [1, 170, 2, -170]);
  assert.deepEqual(areaOf({ south: -100, west: 370, north: 100, east: 371 }), [-90, 10, 90, 11]);
  assert.equal(areaOf({ south: -80, west: -200, north: 80, east: 200 }), null);
});
