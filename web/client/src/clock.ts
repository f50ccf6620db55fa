/** The hub's clock as seen from here, so that ages are right on a machine whose clock is not. */

const WINDOW = 32;

export class ServerClock {
  /** Newest offsets in µs (hub minus local), each too small by its message's delay. */
  private samples: number[] = [];

  /** Forget what another connection measured: this machine's clock may have been set since. */
  reset(): void {
    this.samples = [];
  }

  /** Note that a message stamped `serverTimeUs` arrived at `localMs`. */
  observe(serverTimeUs: number, localMs: number): void {
    this.samples.push(serverTimeUs - localMs * 1000);
    if (this.samples.length > WINDOW) this.samples.shift();
  }

  /** Hub minus local in µs: the message that travelled fastest tells it best. */
  get offsetUs(): number {
    return this.samples.length === 0 ? 0 : Math.max(...this.samples);
  }

  /** The hub's time in µs when the local clock says `localMs`. */
  nowUs(localMs: number): number {
    return localMs * 1000 + this.offsetUs;
  }
}
