/** When a device asks a silent hub whether it is there, and when it gives the connection up; without I/O. */

/** Longest wait for the welcome. */
const WELCOME_MS = 10_000;
/** A timer that comes this late shows that the device slept: that the hub is silent is no news then. */
const OVERSLEPT_MS = 2_000;

export class Heartbeat {
  private heardAt: number;
  private askedAt: number | null = null;
  private welcomed = false;

  constructor(
    openedMs: number,
    /** Silence after which the hub is asked; after half of it without an answer it is given up. */
    private readonly everyMs: number,
  ) {
    this.heardAt = openedMs;
  }

  heard(nowMs: number): void {
    this.heardAt = nowMs;
    this.askedAt = null;
  }

  welcome(): void {
    this.welcomed = true;
  }

  asked(nowMs: number): void {
    this.askedAt ??= nowMs;
  }

  /** When `deed` has something to do. */
  get dueMs(): number {
    if (!this.welcomed) return this.heardAt + WELCOME_MS;
    return this.askedAt === null ? this.heardAt + this.everyMs : this.askedAt + this.everyMs / 2;
  }

  deed(nowMs: number): "ask" | "lose" | null {
    if (nowMs < this.dueMs) return null;
    if (!this.welcomed) return "lose";
    if (this.askedAt === null) return "ask";
    if (nowMs - this.dueMs <= OVERSLEPT_MS) return "lose";
    this.askedAt = null;
    return "ask";
  }
}
