/** What a device client has done since it was made; all count samples except `connects`. */

export class Counters {
  /** Put on the wire for the first time by this client. */
  sent = 0;
  /** Put on the wire again: after a reconnect or a nack. */
  resent = 0;
  /** Newly known to be in the hub's database. */
  acked = 0;
  /** Refused by the hub for ever. */
  refused = 0;
  /** Told to the hub as never coming. */
  skipped = 0;
  /** Times that the hub said welcome. */
  connects = 0;
  /** Highest seq ever put on the wire: below it, sending is sending again. */
  private newestSent = 0;

  count(first: number, samples: number): void {
    const last = first + samples - 1;
    const fresh = Math.min(samples, Math.max(0, last - this.newestSent));
    this.newestSent = Math.max(this.newestSent, last);
    this.sent += fresh;
    this.resent += samples - fresh;
  }

  /** Another log begins its numbers anew. */
  startOver(): void {
    this.newestSent = 0;
  }
}
