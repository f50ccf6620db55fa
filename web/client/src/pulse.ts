/** When a hub is asked whether it is still there, and when it is given up: the liveness of one connection, without I/O. */

/** Silence after which the hub is asked, while somebody looks at the page; a frozen hub is noticed within 5 s. */
const QUIET_MS = 1_500;
const QUIET_HIDDEN_MS = 10_000;
/** Longest wait for any word after a question. */
const REPLY_MS = 3_000;
/** Longest wait for a handshake, and for the next piece of an answer to a subscription. */
const ANSWER_MS = 8_000;
/** A subscription that says nothing for this long is asked for again: pongs alone do not prove that it stands. */
const PICTURE_QUIET_MS = 30_000;
/** Questions that only measure the clock: a few soon after the welcome, then seldom. */
const EARLY_PINGS = 4;
const EARLY_PING_MS = 500;
const CLOCK_PING_MS = 10_000;
/** A timer that comes this late shows that the machine or the page slept: that the hub is silent is no news then. */
const OVERSLEPT_MS = 1_500;

export type Deed = "ping" | "subscribe" | "lose";

interface Due {
  readonly atMs: number;
  readonly deed: Deed;
}

export class Pulse {
  private welcomed = false;
  /** When anything came from the hub. */
  private heardAt: number;
  /** When the subscribed picture said something, or was asked for. */
  private pictureAt: number;
  /** When the question was put that nothing has followed yet. */
  private askedAt: number | null = null;
  private pingedAt = -Infinity;
  private pings = 0;

  constructor(openedMs: number) {
    this.heardAt = this.pictureAt = openedMs;
  }

  heard(nowMs: number): void {
    this.heardAt = nowMs;
    this.askedAt = null;
  }

  welcome(nowMs: number): void {
    this.welcomed = true;
    this.pictureAt = nowMs;
  }

  /** A piece of the picture came, or it was asked for. */
  pictured(nowMs: number): void {
    this.pictureAt = nowMs;
  }

  pinged(nowMs: number): void {
    this.pings += 1;
    this.pingedAt = nowMs;
    this.askedAt ??= nowMs;
  }

  /** What is to be done next, and when; `waiting` while a subscription is not answered in full. */
  next(waiting: boolean, hidden: boolean): Due {
    if (!this.welcomed) return { atMs: this.heardAt + ANSWER_MS, deed: "lose" };
    const dues: Due[] = [{ atMs: this.pictureAt + (waiting ? ANSWER_MS : PICTURE_QUIET_MS), deed: waiting ? "lose" : "subscribe" }];
    if (this.askedAt !== null) dues.push({ atMs: this.askedAt + REPLY_MS, deed: "lose" });
    else dues.push({ atMs: this.pingDueMs(hidden), deed: "ping" });
    return dues.reduce((first, due) => (due.atMs < first.atMs ? due : first));
  }

  /** What is to be done now, if anything. */
  deed(nowMs: number, waiting: boolean, hidden: boolean): Deed | null {
    const due = this.next(waiting, hidden);
    if (nowMs < due.atMs) return null;
    if (due.deed !== "lose" || !this.welcomed || nowMs - due.atMs <= OVERSLEPT_MS) return due.deed;
    // Slept: what the hub said meanwhile may be waiting behind this timer, so it is asked again.
    this.pictureAt = nowMs;
    this.askedAt = null;
    return "ping";
  }

  private pingDueMs(hidden: boolean): number {
    const every = this.pings < EARLY_PINGS ? EARLY_PING_MS : CLOCK_PING_MS;
    return Math.min(this.pingedAt + every, this.heardAt + (hidden ? QUIET_HIDDEN_MS : QUIET_MS));
  }
}
