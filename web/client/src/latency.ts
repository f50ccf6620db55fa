/** Glass latency: how old positions are at the moment they can be drawn. */

export interface Latency {
  /** Median and 95th percentile, over the newest fixes that moved, of arrival minus `fix_at` by the hub's clock. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** The newest question to the hub and its answer. */
  readonly roundTripMs: number;
}

const FIXES = 200;

export class GlassLatency {
  /** Milliseconds of the newest fixes, a ring. */
  private readonly ages: number[] = [];
  private count = 0;

  /** Note that a fix came in at `ageMs` after it was taken. */
  observe(ageMs: number): void {
    this.ages[this.count % FIXES] = Math.max(0, ageMs);
    this.count += 1;
  }

  /** Null before there is a fix to speak of. */
  summary(roundTripMs: number): Latency | null {
    const sorted = [...this.ages].sort((one, other) => one - other);
    if (sorted.length === 0) return null;
    return { p50Ms: atRank(sorted, 0.5), p95Ms: atRank(sorted, 0.95), roundTripMs };
  }
}

/** Nearest rank. */
function atRank(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] as number;
}
