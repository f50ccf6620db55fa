/** Which part of a fleet the first view shows: where most of it is, so that one stray recording does not make it the world. */

import type { Place } from "../order.ts";
import { unitX, unitY } from "./mercator.ts";

/** Cells of 156 km at the equator: what lies in the same or in touching ones belongs together. */
const CELLS = 256;

function keyOf(x: number, y: number): number {
  return y * CELLS + x;
}

/** The largest group of places that belong together. */
export function mainGroup<P extends Place>(places: readonly P[]): P[] {
  const cells = new Map<number, P[]>();
  for (const place of places) {
    const key = keyOf(Math.floor(unitX(place.longitude) * CELLS), Math.floor(unitY(place.latitude) * CELLS));
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [place]);
    else cell.push(place);
  }
  let best: P[] = [];
  while (cells.size > 0) {
    const group = takeGroup(cells);
    if (group.length > best.length) best = group;
  }
  return best;
}

/** Take one cell and everything that touches it, and what touches that. */
function takeGroup<P>(cells: Map<number, P[]>): P[] {
  const [first] = cells.keys();
  const waiting = first === undefined ? [] : [first];
  const group: P[] = [];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const cell = cells.get(key);
    if (cell === undefined) continue;
    cells.delete(key);
    group.push(...cell);
    for (const step of [-1, 0, 1]) for (const row of [-CELLS, 0, CELLS]) waiting.push(key + step + row);
  }
  return group;
}
