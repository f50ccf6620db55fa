/** Where many markers would lie on one another, one ring with their number stands for them. */

import type { Placed } from "./markers.ts";
import { overdue, signalless } from "../freshness.ts";

/** What one ring stands for; px of the canvas. */
export interface Cluster {
  /** The middle of its members. */
  readonly x: number;
  readonly y: number;
  readonly members: readonly Placed[];
  /** Members by the rank of their status, those without a signal left out. */
  readonly statuses: readonly number[];
  readonly lost: number;
  readonly overdue: number;
}

/** A cell as wide as two or three markers, in which more than a handful cannot be told apart. */
const CELL_PX = 76;
const CROWD = 6;
/** From here on people want to see each one, however close they stand. */
const APART_ZOOM = 16;
const STATUSES = 9;

export interface Gathered {
  readonly singles: readonly Placed[];
  readonly clusters: readonly Cluster[];
}

/**
 * Sort what is placed into singles and clusters. The cells are fixed to the ground, so that moving the map changes nothing;
 * `apart` names those that never go into a crowd.
 */
export function gather(
  placed: readonly Placed[],
  view: { readonly zoom: number; readonly originX: number; readonly originY: number },
  apart: (placed: Placed) => boolean,
): Gathered {
  if (view.zoom >= APART_ZOOM || placed.length < CROWD) return { singles: placed, clusters: [] };
  const cells = new Map<number, Placed[]>();
  const singles: Placed[] = [];
  for (const one of placed) {
    if (apart(one)) {
      singles.push(one);
      continue;
    }
    const column = Math.floor((one.x + view.originX) / CELL_PX);
    const key = column * 1e6 + Math.floor((one.y + view.originY) / CELL_PX);
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [one]);
    else cell.push(one);
  }
  const clusters: Cluster[] = [];
  for (const cell of cells.values()) {
    if (cell.length < CROWD) singles.push(...cell);
    else clusters.push(clusterOf(cell));
  }
  return { singles, clusters };
}

function clusterOf(members: readonly Placed[]): Cluster {
  const statuses = new Array<number>(STATUSES).fill(0);
  let [x, y, lost, late] = [0, 0, 0, 0];
  for (const one of members) {
    x += one.x;
    y += one.y;
    if (overdue(one)) late += 1;
    const { rank } = one.marker.status;
    if (signalless(one)) lost += 1;
    else statuses[rank] = (statuses[rank] ?? 0) + 1;
  }
  return { x: x / members.length, y: y / members.length, members, statuses, lost, overdue: late };
}
