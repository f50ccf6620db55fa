/** What is known of one ambulance's past: read once, kept, and grown by what is seen live. */

import { Problem } from "./api.ts";
import { append, NO_TRACK, replace, within } from "./track.ts";
import type { Track, TrackPoint } from "./track.ts";
import { join, missing, parts } from "./track-spans.ts";
import type { Span } from "./track-spans.ts";

/** Reads the track of a stretch of time; rejects with `Problem`. */
export type ReadTrack = (span: Span, points: number, signal: AbortSignal) => Promise<Track>;

/** Parts of a long range that have come, and how many there are. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

const DAY_MS = 86_400_000;
/** Points asked for: of up to two hours, and of a longer part. */
const FEW_POINTS = 1_000;
const MANY_POINTS = 2_000;
const FEW_MS = 7_200_000;
/** Holes this short are not worth an audited read. */
const IGNORED_MS = 2_000;
/** More than this and only the range in view is kept. */
const POINTS_MAX = 60_000;

export class TrackHistory {
  private all: Track = NO_TRACK;
  /** What has been read, or was seen live from beginning to end. */
  private known: Span[] = [];
  /** Since when every new fix has been seen (hub's ms); null while not live. */
  private watchedSinceMs: number | null = null;
  private reading: AbortController | null = null;
  /** Of the range that was asked for last; null when nothing is being read. */
  progress: Progress | null = null;
  /** Why the last read failed; null when it did not. */
  problem: Problem | null = null;
  /** Grows with each change of what is known. */
  version = 0;

  constructor(
    private readonly read: ReadTrack,
    private readonly onChange: () => void,
  ) {}

  /** From now on every fix will be told with `see`. */
  watch(nowMs: number): void {
    this.watchedSinceMs ??= nowMs;
  }

  /** Nothing after `untilMs` was seen; what comes later has to be read. */
  unwatch(untilMs: number): void {
    if (this.watchedSinceMs === null) return;
    this.known = join(this.known, { fromMs: this.watchedSinceMs, toMs: Math.max(this.watchedSinceMs, untilMs) });
    this.watchedSinceMs = null;
  }

  see(point: TrackPoint): void {
    const grown = append(this.all, point);
    if (grown === this.all) return;
    this.all = grown;
    this.changed();
  }

  track(span: Span): Track {
    return within(this.all, span);
  }

  /** The parts of `span` that nobody has read or seen. */
  missing(span: Span): Span[] {
    const live = this.watchedSinceMs === null ? [] : [{ fromMs: this.watchedSinceMs, toMs: span.toMs }];
    return missing(span, live.reduce(join, this.known), IGNORED_MS);
  }

  /** Read what is missing of `span`, the newest part first; a wish before this one is given up. */
  async want(span: Span): Promise<void> {
    this.leave();
    const wanted = this.missing(span).flatMap((hole) => parts(hole, DAY_MS)).reverse();
    this.problem = null;
    if (wanted.length === 0) return this.changed();
    const reading = new AbortController();
    this.reading = reading;
    if (this.all.points.length > POINTS_MAX) this.forgetOutside(span);
    for (const [done, part] of wanted.entries()) {
      this.progress = { done, of: wanted.length };
      this.changed();
      if (!(await this.take(part, reading.signal))) return;
    }
    this.progress = null;
    this.changed();
  }

  /** Give up what is being read. */
  leave(): void {
    this.reading?.abort();
    this.reading = null;
    this.progress = null;
  }

  /** Forget `span`, so that it will be read anew: late fixes may have filled its gaps. */
  forget(span: Span): void {
    this.known = this.known.flatMap((one) => missing(one, [span], 0));
    if (this.watchedSinceMs !== null) this.watchedSinceMs = Math.max(this.watchedSinceMs, span.toMs);
  }

  /** Answers whether the reading goes on. */
  private async take(part: Span, signal: AbortSignal): Promise<boolean> {
    try {
      const points = part.toMs - part.fromMs > FEW_MS ? MANY_POINTS : FEW_POINTS;
      const read = await this.read(part, points, signal);
      if (signal.aborted) return false;
      this.all = replace(this.all, part, read);
      this.known = join(this.known, part);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      this.progress = null;
      this.changed();
      return false;
    }
  }

  private forgetOutside(span: Span): void {
    this.all = within(this.all, span);
    this.known = this.known.filter((one) => one.toMs > span.fromMs && one.fromMs < span.toMs);
  }

  private changed(): void {
    this.version += 1;
    this.onChange();
  }
}
