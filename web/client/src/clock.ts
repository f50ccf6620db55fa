/** The hub's clock as seen from here, so that ages are right on a machine whose clock is not. */

interface Sample {
  /** Hub minus local in µs, wrong by half of `roundTripUs` at most. */
  readonly offsetUs: number;
  readonly roundTripUs: number;
}

/** As many newest round trips as the best is chosen from (NTP's clock filter has 8 stages, RFC 5905 §10). */
const SAMPLES = 8;
/** Two clocks drift apart, and timers have grains: so much disagreement is no sign of a clock that was set. */
const SLACK_US = 250_000;

export class ServerClock {
  private samples: Sample[] = [];
  /** Hub minus local in µs by a message's arrival alone, too small by its delay; used until there is a round trip. */
  private arrivedUs: number | null = null;

  /** Forget what another connection measured: this machine's clock may have been set since. */
  reset(): void {
    this.samples = [];
    this.arrivedUs = null;
  }

  /** Note that a message stamped `serverTimeUs` arrived at `localMs`. */
  observe(serverTimeUs: number, localMs: number): void {
    this.arrivedUs = Math.max(this.arrivedUs ?? -Infinity, serverTimeUs - localMs * 1000);
  }

  /** Note that the hub stamped `serverTimeUs` on its answer to what was asked at `sentMs` and answered at `arrivedMs`. */
  measure(sentMs: number, serverTimeUs: number, arrivedMs: number): void {
    const roundTripUs = (arrivedMs - sentMs) * 1000;
    const sample = { offsetUs: serverTimeUs - (sentMs + arrivedMs) * 500, roundTripUs };
    // An answer before its question, or two round trips that cannot both be true: the local clock was set.
    if (roundTripUs < 0) return this.reset();
    const { best } = this;
    if (best !== null && Math.abs(best.offsetUs - sample.offsetUs) > (best.roundTripUs + roundTripUs) / 2 + SLACK_US) this.reset();
    this.samples.push(sample);
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /** Hub minus local in µs: the fastest of the newest round trips tells it best (RFC 5905 §10). */
  get offsetUs(): number {
    return this.best?.offsetUs ?? this.arrivedUs ?? 0;
  }

  /** Milliseconds of the newest round trip; null before the first. */
  get roundTripMs(): number | null {
    const newest = this.samples.at(-1);
    return newest === undefined ? null : newest.roundTripUs / 1000;
  }

  /** The hub's time in µs when the local clock says `localMs`. */
  nowUs(localMs: number): number {
    return localMs * 1000 + this.offsetUs;
  }

  private get best(): Sample | null {
    return this.samples.reduce<Sample | null>(
      (best, sample) => (best === null || sample.roundTripUs < best.roundTripUs ? sample : best),
      null,
    );
  }
}
