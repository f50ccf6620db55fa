/** A stretch of the whole fleet's past as the hub sends it, packed so that six hours of a large fleet fit in memory. */

import { unitX, unitY } from "./map/mercator.ts";

export type PlaybackTrack = readonly [
  ambulanceId: number,
  offsetsS: readonly number[],
  latitudes: readonly number[],
  longitudes: readonly number[],
];

export interface PlaybackAnswer {
  readonly from: string;
  readonly to: string;
  readonly step_s: number;
  readonly tracks: readonly PlaybackTrack[];
}

/** A point of an ambulance: hub's ms, and the place on the unit square. */
export interface Passing {
  readonly tMs: number;
  readonly x: number;
  readonly y: number;
}

/** The unit square in 2³¹ steps of less than 2 cm, which a 32-bit integer holds and a 32-bit float does not. */
const STEPS = 2 ** 31;
const LARGEST = STEPS - 1;

export class PlaybackWindow {
  readonly stepS: number;
  private readonly slots = new Map<number, number>();
  /** Where each ambulance's points begin, and at the end where the last one's end. */
  private readonly begins: Int32Array;
  private readonly offsetsS: Float32Array;
  private readonly xs: Int32Array;
  private readonly ys: Int32Array;

  constructor(
    readonly fromMs: number,
    readonly toMs: number,
    answer: PlaybackAnswer,
  ) {
    const count = answer.tracks.reduce((sum, [, offsetsS]) => sum + offsetsS.length, 0);
    this.stepS = answer.step_s;
    this.begins = new Int32Array(answer.tracks.length + 1);
    this.offsetsS = new Float32Array(count);
    this.xs = new Int32Array(count);
    this.ys = new Int32Array(count);
    let next = 0;
    for (const [slot, [id, offsetsS, latitudes, longitudes]] of answer.tracks.entries()) {
      this.slots.set(id, slot);
      for (const [at, offsetS] of offsetsS.entries()) {
        this.offsetsS[next] = offsetS;
        this.xs[next] = Math.min(LARGEST, unitX(longitudes[at] ?? 0) * STEPS);
        this.ys[next] = Math.min(LARGEST, unitY(latitudes[at] ?? 0) * STEPS);
        next += 1;
      }
      this.begins[slot + 1] = next;
    }
  }

  get ids(): Iterable<number> {
    return this.slots.keys();
  }

  /** What it keeps in memory, without the small change. */
  get bytes(): number {
    return this.offsetsS.byteLength + this.xs.byteLength + this.ys.byteLength + this.begins.byteLength;
  }

  /** Index of the last point of an ambulance at or before `tMs`; null when there is none. */
  lastAt(id: number, tMs: number): number | null {
    const slot = this.slots.get(id);
    if (slot === undefined) return null;
    const [begin, end] = [this.begins[slot] ?? 0, this.begins[slot + 1] ?? 0];
    const offsetS = (tMs - this.fromMs) / 1000;
    let [low, high] = [begin, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.offsetsS[middle] ?? Infinity) <= offsetS) low = middle + 1;
      else high = middle;
    }
    return low === begin ? null : low - 1;
  }

  /** Index of the point that follows `at`, or of the first one within the window without `at`; null at the end. */
  next(id: number, at: number | null): number | null {
    const slot = this.slots.get(id);
    if (slot === undefined) return null;
    let index = at === null ? (this.begins[slot] ?? 0) : at + 1;
    const end = this.begins[slot + 1] ?? 0;
    // points at or before the beginning are the last ones of the window before
    while (at === null && index < end && (this.offsetsS[index] ?? 0) < 0) index += 1;
    return index < end ? index : null;
  }

  /** Index of the point before `at`; null at the beginning. */
  previous(id: number, at: number): number | null {
    const slot = this.slots.get(id);
    return slot === undefined || at <= (this.begins[slot] ?? 0) ? null : at - 1;
  }

  passing(at: number): Passing {
    return { tMs: this.timeMs(at), x: this.x(at), y: this.y(at) };
  }

  timeMs(at: number): number {
    return this.fromMs + (this.offsetsS[at] ?? 0) * 1000;
  }

  x(at: number): number {
    return (this.xs[at] ?? 0) / STEPS;
  }

  y(at: number): number {
    return (this.ys[at] ?? 0) / STEPS;
  }
}
