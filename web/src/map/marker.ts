/** One ambulance on the map: where it is drawn, and how it moves there. */

import type { Fix, Unit } from "@arogya/client";
import { statusOf } from "../status.ts";
import type { Status } from "../status.ts";
import { unitX, unitY } from "./mercator.ts";

/** How long a marker takes to its newest fix: short, so that it is never far from the truth. */
export const GLIDE_MS = 400;

export class Marker {
  status: Status;
  plateNumber: string;
  heading: number | null = null;
  accuracy: number | null = null;
  fixAtUs = 0;
  alarm = false;
  /** The newest position on the unit square. */
  x = 0;
  y = 0;
  private fromX = 0;
  private fromY = 0;
  /** Local ms at which the last movement began; -Infinity when it stands. */
  private movedAt = -Infinity;

  constructor(
    readonly id: number,
    unit: Unit,
    fix: Fix,
  ) {
    this.status = statusOf(unit.status);
    this.plateNumber = unit.plateNumber;
    this.update(unit, fix, -Infinity);
  }

  /** Take the newest facts; a change of place starts to glide at `nowMs` unless that is -Infinity. */
  update(unit: Unit, fix: Fix, nowMs: number): void {
    if (unit.status !== this.status.code) this.status = statusOf(unit.status);
    this.plateNumber = unit.plateNumber;
    this.heading = fix.heading;
    this.accuracy = fix.accuracy;
    this.fixAtUs = fix.fixAtUs;
    this.alarm = fix.alarmAtUs !== null;
    const [x, y] = [unitX(fix.longitude), unitY(fix.latitude)];
    if (x === this.x && y === this.y) return;
    [this.fromX, this.fromY] = this.at(nowMs);
    this.movedAt = nowMs;
    [this.x, this.y] = [x, y];
  }

  gliding(nowMs: number): boolean {
    return nowMs - this.movedAt < GLIDE_MS;
  }

  /** Where to draw it at `nowMs`, on the unit square. */
  at(nowMs: number): [x: number, y: number] {
    const part = (nowMs - this.movedAt) / GLIDE_MS;
    if (!(part < 1)) return [this.x, this.y];
    return [this.fromX + (this.x - this.fromX) * part, this.fromY + (this.y - this.fromY) * part];
  }
}
