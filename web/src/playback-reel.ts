/** The windows of a playback one after another, and where each ambulance was at any moment of them. */

import { freshnessOf } from "./freshness.ts";
import type { Freshness } from "./freshness.ts";
import type { Span } from "./track-spans.ts";
import type { Passing, PlaybackWindow } from "./playback-window.ts";

/** Where an ambulance was at a moment, on the unit square. */
export interface Seen {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** Seconds since its last known point; 0 while it is between two that belong together. */
  readonly ageS: number;
  readonly freshness: Freshness;
  /** m/s between the two points around the moment; null where there are no two. */
  readonly speed: number | null;
  /** Degrees clockwise from north; null while it stands. */
  readonly heading: number | null;
}

/** Longest silence between two points that is bridged, however coarse the steps. */
const GAP_S = 60;
const GAP_STEPS = 3;
/** An ambulance that was silent for longer is not shown: the hub tells no older points of a window. */
const GONE_S = 600;
/** Slower than this (m/s) is the trembling of a position that stands. */
const STANDING = 0.7;
const EQUATOR_M = 40_075_016.7;

function keyOf({ fromMs, toMs }: Span): string {
  return `${fromMs} ${toMs}`;
}

export class Reel {
  /** The windows that have come, oldest use first. */
  private readonly windows = new Map<string, PlaybackWindow>();
  /** The windows of the range that is played, in order. */
  private spans: readonly Span[] = [];

  /** Play these stretches from now on; windows of others are kept while there are at most `kept`. */
  choose(spans: readonly Span[], kept: number): void {
    this.spans = spans;
    const used = new Set(spans.map(keyOf));
    for (const key of [...this.windows.keys()]) {
      if (this.windows.size > kept && !used.has(key)) this.windows.delete(key);
    }
  }

  add(window: PlaybackWindow): void {
    this.windows.set(keyOf(window), window);
  }

  has(span: Span): boolean {
    return this.windows.has(keyOf(span));
  }

  clear(): void {
    this.windows.clear();
  }

  get bytes(): number {
    return [...this.windows.values()].reduce((sum, window) => sum + window.bytes, 0);
  }

  /** Index of the stretch that holds a moment; -1 outside. */
  indexAt(atMs: number): number {
    const index = this.spans.findIndex((span) => atMs < span.toMs);
    return index === -1 ? this.spans.length - 1 : index;
  }

  window(index: number): PlaybackWindow | null {
    const span = this.spans[index];
    return span === undefined ? null : (this.windows.get(keyOf(span)) ?? null);
  }

  /** Everybody who was to be seen at a moment; nobody while its window has not come. */
  seenAt(atMs: number): Seen[] {
    const index = this.indexAt(atMs);
    const seen: Seen[] = [];
    for (const id of this.window(index)?.ids ?? []) {
      const one = this.seen(id, atMs, index);
      if (one !== null) seen.push(one);
    }
    return seen;
  }

  seen(id: number, atMs: number, index = this.indexAt(atMs)): Seen | null {
    const window = this.window(index);
    const at = window?.lastAt(id, atMs) ?? null;
    if (window === null || at === null) return null;
    const [tMs, x, y] = [window.timeMs(at), window.x(at), window.y(at)];
    const next = this.after(id, index, at);
    if (next !== null && next.tMs - tMs <= this.gapMs(window)) return between(id, { tMs, x, y }, next, atMs);
    const ageS = (atMs - tMs) / 1000;
    return ageS > GONE_S ? null : { id, x, y, ageS, freshness: freshnessOf(ageS), speed: null, heading: null };
  }

  /** The points of an ambulance in the last `lengthS` before a moment, newest first; null stands for a gap. */
  trail(id: number, atMs: number, lengthS: number): (Passing | null)[] {
    const trail: (Passing | null)[] = [];
    let index = this.indexAt(atMs);
    let newerMs = atMs;
    while (index >= 0) {
      const window = this.window(index);
      if (window === null) break;
      let at = window.lastAt(id, newerMs - 1);
      while (at !== null) {
        const point = window.passing(at);
        if (point.tMs < atMs - lengthS * 1000) return trail;
        if (trail.length > 0 && newerMs - point.tMs > this.gapMs(window)) trail.push(null);
        if (point.tMs < newerMs) trail.push(point);
        newerMs = point.tMs;
        at = window.previous(id, at);
      }
      index -= 1;
    }
    return trail;
  }

  private gapMs(window: PlaybackWindow): number {
    return Math.max(GAP_S, GAP_STEPS * window.stepS) * 1000;
  }

  private after(id: number, index: number, at: number): Passing | null {
    const window = this.window(index);
    const inside = window?.next(id, at) ?? null;
    if (window !== null && inside !== null) return window.passing(inside);
    const following = this.window(index + 1);
    const first = following?.next(id, null) ?? null;
    return following === null || first === null ? null : following.passing(first);
  }
}

function between(id: number, one: Passing, other: Passing, atMs: number): Seen {
  const part = (atMs - one.tMs) / Math.max(1, other.tMs - one.tMs);
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const x = one.x + dx * part;
  const y = one.y + dy * part;
  // a metre is stretched by cosh(mercator y) on the unit square, whose side is the equator
  const metres = (Math.hypot(dx, dy) * EQUATOR_M) / Math.cosh(Math.PI * (1 - 2 * y));
  const speed = metres / Math.max(0.001, (other.tMs - one.tMs) / 1000);
  const heading = speed < STANDING ? null : ((Math.atan2(dx, -dy) * 180) / Math.PI + 360) % 360;
  return { id, x, y, ageS: 0, freshness: "live", speed, heading };
}
