/** Plays the fleet's past: a clock of its own, and the windows it needs, read ahead of it. */

import { Problem } from "./api.ts";
import { rangeBefore, stepFor, wantedAt, windowsOf } from "./playback-plan.ts";
import { Reel } from "./playback-reel.ts";
import { PlaybackWindow } from "./playback-window.ts";
import type { PlaybackAnswer } from "./playback-window.ts";
import type { Span } from "./track-spans.ts";

/** Reads one window; rejects with `Problem`. */
export type ReadPlayback = (span: Span, stepS: number, signal: AbortSignal) => Promise<PlaybackAnswer>;

/** Two ranges of six hours, so that a change of the range brings back nothing it has shown already. */
const WINDOWS_KEPT = 74;
const READS_AT_ONCE = 2;

export class Playback {
  readonly reel = new Reel();
  range: Span;
  /** The moment that is shown, hub's ms. */
  atMs: number;
  playing = false;
  speed = 30;
  /** Somebody holds the slider: the clock waits for them. */
  held = false;
  /** Why the newest read failed; null when it did not. Nothing is read until `retry`. */
  problem: Problem | null = null;
  private windows: readonly Span[];
  private readonly reading = new Map<Span, AbortController>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly read: ReadPlayback,
    private readonly ambulances: () => number,
    endMs: number,
    lengthMin: number,
  ) {
    this.range = rangeBefore(endMs, lengthMin);
    this.windows = windowsOf(this.range);
    this.atMs = this.range.fromMs;
    this.reel.choose(this.windows, WINDOWS_KEPT);
  }

  /** Call `listener` with each change but the clock's; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The window of this moment has not come yet: the clock waits for it. */
  get waiting(): boolean {
    return this.problem === null && this.reel.window(this.reel.indexAt(this.atMs)) === null;
  }

  /** The windows of the range that have come. */
  get loaded(): Span[] {
    return this.windows.filter((window) => this.reel.has(window));
  }

  start(): void {
    this.fetch();
  }

  /** Play another range, from its beginning. */
  choose(endMs: number, lengthMin: number): void {
    this.range = rangeBefore(endMs, lengthMin);
    this.windows = windowsOf(this.range);
    this.reel.choose(this.windows, WINDOWS_KEPT);
    this.seek(this.range.fromMs);
  }

  play(): void {
    if (this.atMs >= this.range.toMs) this.atMs = this.range.fromMs;
    this.playing = true;
    this.fetch();
  }

  pause(): void {
    this.playing = false;
    this.changed();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  hasten(speed: number): void {
    this.speed = speed;
    this.fetch();
  }

  seek(atMs: number): void {
    this.scrub(atMs);
    this.fetch();
  }

  /** Show another moment without reading anything for it yet: it may be passed in an instant. */
  scrub(atMs: number): void {
    this.atMs = Math.max(this.range.fromMs, Math.min(this.range.toMs, atMs));
    this.changed();
  }

  retry(): void {
    this.problem = null;
    this.fetch();
  }

  /** Move the clock on by `elapsedMs` of the person's time; it stands while its window has not come, and at the end. */
  advance(elapsedMs: number): void {
    if (!this.playing || this.held || this.reel.window(this.reel.indexAt(this.atMs)) === null) return;
    const before = this.reel.indexAt(this.atMs);
    this.atMs = Math.min(this.range.toMs, this.atMs + elapsedMs * this.speed);
    if (this.atMs >= this.range.toMs) this.pause();
    else if (this.reel.indexAt(this.atMs) !== before) this.fetch();
  }

  stop(): void {
    for (const controller of this.reading.values()) controller.abort();
    this.reading.clear();
    this.reel.clear();
    this.listeners.clear();
    this.playing = false;
  }

  /** Ask for what is wanted now and has not come; give up what nobody waits for any more. */
  private fetch(): void {
    const wanted = wantedAt(this.windows, this.atMs, this.speed);
    for (const [span, controller] of this.reading) {
      if (wanted.includes(span)) continue;
      controller.abort();
      this.reading.delete(span);
    }
    for (const span of wanted) {
      if (this.problem !== null || this.reading.size >= READS_AT_ONCE) break;
      if (!this.reel.has(span) && !this.reading.has(span)) void this.take(span);
    }
    this.changed();
  }

  private async take(span: Span): Promise<void> {
    const controller = new AbortController();
    this.reading.set(span, controller);
    try {
      const answer = await this.read(span, stepFor(this.ambulances()), controller.signal);
      if (controller.signal.aborted) return;
      this.reel.add(new PlaybackWindow(span.fromMs, span.toMs, answer));
    } catch (error) {
      if (controller.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
    }
    this.reading.delete(span);
    this.fetch();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
