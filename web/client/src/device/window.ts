/** Which samples a connection has on the way, and what it may send next: go-back-N under the hub's credit. */

export interface Run {
  readonly first: number;
  /** How many, in one frame. */
  readonly samples: number;
}

export type SkipReason = "hub_lost" | "spool_full" | "corrupt";

/** Samples that will never come; `last` is inclusive. */
export interface Hole {
  readonly first: number;
  readonly last: number;
  readonly reason: SkipReason;
}

/** What a spool holds of its log: the samples `first` to `last`; nothing when first > last. */
export interface Kept {
  readonly first: number;
  readonly last: number;
  /** Highest seq that any hub ever acknowledged: below it, a missing sample is the hub's loss. */
  readonly ackedEver: number;
}

/** A frame or a skip on its way; a skip costs 1 of the credit, a frame as many as its samples. */
interface Sent {
  readonly first: number;
  readonly last: number;
  readonly cost: number;
}

export class Window {
  /** The next sample to send; moves back on a nack. */
  nextSeq: number;
  /** Refused for ever, while older samples are still without an ack. */
  private readonly refused = new Set<number>();
  /** Sent and not yet acknowledged, in order. */
  private onTheWay: Sent[] = [];

  constructor(
    /** Everything up to here is the hub's; only grows. */
    public acked: number,
    /** Unacked samples the hub allows on this connection, absolute. */
    public credit: number,
    private readonly frameFixes: number,
  ) {
    this.nextSeq = acked + 1;
  }

  /** How much of the credit is in use. */
  get unacked(): number {
    return this.onTheWay.reduce((sum, sent) => sum + sent.cost, 0);
  }

  /** What to send now; null: wait for an ack, for credit or for a new sample. */
  nextStep(kept: Kept): Run | Hole | null {
    const room = this.credit - this.unacked;
    if (room <= 0) return null;
    if (this.nextSeq < kept.first) {
      const before = kept.first - 1;
      if (this.nextSeq > kept.ackedEver) return { first: this.nextSeq, last: before, reason: "spool_full" };
      return { first: this.nextSeq, last: Math.min(kept.ackedEver, before), reason: "hub_lost" };
    }
    const samples = Math.min(this.frameFixes, room, kept.last - this.nextSeq + 1);
    return samples > 0 ? { first: this.nextSeq, samples } : null;
  }

  /** Whether the newest sample has to wait, so that a live hint tells more than the log does. */
  lags(kept: Kept): boolean {
    const behind = kept.last - this.nextSeq + 1;
    return behind > this.frameFixes || (behind > 0 && this.credit <= this.unacked);
  }

  sent({ first, samples }: Run): void {
    this.nextSeq = first + samples;
    this.onTheWay.push({ first, last: this.nextSeq - 1, cost: samples });
  }

  skipped({ first, last }: Hole): void {
    this.nextSeq = last + 1;
    this.onTheWay.push({ first, last, cost: 1 });
  }

  /** Take a cumulative ack of everything up to `seq`; whether it was news. */
  accept(seq: number): boolean {
    if (seq <= this.acked) return false;
    let acked = seq;
    while (this.refused.has(acked + 1)) acked += 1;
    for (const refused of this.refused) if (refused <= acked) this.refused.delete(refused);
    this.acked = acked;
    this.nextSeq = Math.max(this.nextSeq, acked + 1);
    const waiting = this.onTheWay.findIndex((sent) => sent.last > acked);
    this.onTheWay = waiting < 0 ? [] : this.onTheWay.slice(waiting);
    return true;
  }

  /** Take the refusal of one sample, which counts as acked; whether that moved `acked`. */
  refuse(seq: number): boolean {
    if (seq === this.acked + 1) return this.accept(seq);
    if (this.acked < seq && seq < this.nextSeq) this.refused.add(seq);
    return false;
  }

  /** Start again from the sample the hub expects; false for a place that it cannot mean. */
  goBack(expected: number): boolean {
    if (expected <= this.acked || expected > this.nextSeq) return false;
    this.nextSeq = expected;
    for (let newest = this.onTheWay.at(-1); newest !== undefined && newest.last >= expected; newest = this.onTheWay.at(-1)) {
      this.onTheWay.pop();
      if (newest.first >= expected) continue;
      // The hub took the beginning, as far as it was new.
      this.onTheWay.push({ first: newest.first, last: expected - 1, cost: Math.min(newest.cost, expected - newest.first) });
    }
    return true;
  }
}
