/** One ambulance on the map: where it is drawn, and how it moves there. */

import type { Fix, Unit } from "@arogya/client";
import { statusOf } from "../status.ts";
import type { Status } from "../status.ts";
import { metresPerUnit, unitX, unitY } from "./mercator.ts";

/** The longest that a marker takes to its newest fix: it is never farther from the truth. */
const GLIDE_MAX_MS = 1000;
/** The part of the time between two fixes that is glided through, so that it stands when the next one comes. */
const GLIDE_PART = 0.85;
/** Between fixes farther apart, or faster than any ambulance (dispatch fix hygiene), nobody knows the way. */
const STEP_MAX_S = 5;
const SPEED_MAX = 70;

export class Marker {
  status: Status;
  plateNumber: string;
  heading: number | null = null;
  accuracy: number | null = null;
  fixAtUs = 0;
  alarm = false;
  /** The newest position on the unit square. */
  x = NaN;
  y = NaN;
  /** The position before it. */
  private fromX = 0;
  private fromY = 0;
  /** Local ms at which the last movement began, and how long it takes. */
  private movedAt = 0;
  private glideMs = 0;

  constructor(
    readonly id: number,
    unit: Unit,
    fix: Fix,
  ) {
    this.status = statusOf(unit.status);
    this.plateNumber = unit.plateNumber;
    this.update(unit, fix, null);
  }

  /** Take the newest facts; a change of place starts to glide at `nowMs`, or not at all when that is null. */
  update(unit: Unit, fix: Fix, nowMs: number | null): void {
    if (unit.status !== this.status.code) this.status = statusOf(unit.status);
    this.plateNumber = unit.plateNumber;
    const stepS = (fix.fixAtUs - this.fixAtUs) / 1e6;
    this.heading = fix.heading;
    this.accuracy = fix.accuracy;
    this.fixAtUs = fix.fixAtUs;
    this.alarm = fix.alarmAtUs !== null;
    const [x, y] = [unitX(fix.longitude), unitY(fix.latitude)];
    if (x === this.x && y === this.y) return;
    [this.fromX, this.fromY, this.x, this.y] = [this.x, this.y, x, y];
    this.glideMs = nowMs !== null && this.driven(stepS) ? Math.min(GLIDE_MAX_MS, stepS * 1000 * GLIDE_PART) : 0;
    this.movedAt = nowMs ?? 0;
  }

  /** Whether it can have come from the last fix to this one along their line. */
  private driven(stepS: number): boolean {
    if (!(stepS > 0 && stepS <= STEP_MAX_S)) return false;
    const metres = Math.hypot(this.x - this.fromX, this.y - this.fromY) * metresPerUnit(this.y);
    return metres <= SPEED_MAX * stepS;
  }

  gliding(nowMs: number): boolean {
    return nowMs - this.movedAt < this.glideMs;
  }

  /** Whether its last step is seen at all where the unit square is so many px wide. */
  strides(scale: number): boolean {
    return Math.abs(this.x - this.fromX) * scale + Math.abs(this.y - this.fromY) * scale > 1.5;
  }

  /** The part of the last step that is still to be made at `nowMs`, 1 to 0; always on the line between two fixes. */
  private left(nowMs: number): number {
    return this.gliding(nowMs) ? Math.min(1, 1 - (nowMs - this.movedAt) / this.glideMs) : 0;
  }

  atX(nowMs: number): number {
    const left = this.left(nowMs);
    return left === 0 ? this.x : this.x + (this.fromX - this.x) * left;
  }

  atY(nowMs: number): number {
    const left = this.left(nowMs);
    return left === 0 ? this.y : this.y + (this.fromY - this.y) * left;
  }
}
