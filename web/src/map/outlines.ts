/** Lines and rings on the unit square, ready to be drawn at any zoom. */

import type { Position } from "geojson";
import { unitX, unitY } from "./mercator.ts";
import type { View } from "./canvas-layer.ts";

export interface Outline {
  /** x, y, x, y … on the unit square. */
  readonly points: Float64Array;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

export function outlineOf(positions: readonly Position[]): Outline {
  const points = new Float64Array(positions.length * 2);
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  positions.forEach((position, index) => {
    const x = unitX(position[0] ?? 0);
    const y = unitY(position[1] ?? 0);
    points[index * 2] = x;
    points[index * 2 + 1] = y;
    west = Math.min(west, x);
    east = Math.max(east, x);
    north = Math.min(north, y);
    south = Math.max(south, y);
  });
  return { points, west, north, east, south };
}

function visible(outline: Outline, view: View): boolean {
  return (
    outline.east * view.scale >= view.originX &&
    outline.west * view.scale <= view.originX + view.width &&
    outline.south * view.scale >= view.originY &&
    outline.north * view.scale <= view.originY + view.height
  );
}

/** Add the outlines that can be seen to the current path; points nearer than a pixel to the last are left out. */
export function trace(context: CanvasRenderingContext2D, outlines: readonly Outline[], view: View): void {
  for (const outline of outlines) {
    if (visible(outline, view)) traceOne(context, outline.points, view);
  }
}

function traceOne(context: CanvasRenderingContext2D, points: Float64Array, view: View): void {
  const last = points.length - 2;
  let [atX, atY] = [Infinity, Infinity];
  for (let index = 0; index <= last; index += 2) {
    const x = (points[index] ?? 0) * view.scale - view.originX;
    const y = (points[index + 1] ?? 0) * view.scale - view.originY;
    if (index === 0) context.moveTo(x, y);
    else if (index < last && Math.abs(x - atX) < 1 && Math.abs(y - atY) < 1) continue;
    else context.lineTo(x, y);
    atX = x;
    atY = y;
  }
}
