/** A hub in memory: the reference that viewers are compared with, and the surroundings that tests drive by hand. */

import type { Delta, FixRow, Snapshot, UnitRow } from "../src/protocol.ts";
import type { Socket, Surroundings } from "../src/surroundings.ts";

/** The state of the channel after each offset, and the deltas between them. */
export class Channel {
  offset = 0;
  readonly units = new Map<number, UnitRow>();
  readonly fixes = new Map<number, FixRow>();
  private readonly changes: { units: Set<number>; fixes: Set<number> }[] = [];

  constructor(readonly epoch: string) {}

  /** Make one change to ambulance `id`: set it (and its fix) or, when `plate` is null, remove it. */
  change(id: number, plate: string | null, fixAtUs: number): void {
    if (plate === null) {
      this.units.delete(id);
      this.fixes.delete(id);
    } else {
      this.units.set(id, [id, plate, null, "available"]);
      this.fixes.set(id, [id, 12 + id / 1000, 77, 5, 90, 4, fixAtUs, null]);
    }
    this.offset += 1;
    this.changes.push({ units: new Set([id]), fixes: new Set([id]) });
  }

  snapshot(): Snapshot {
    return {
      type: "snapshot",
      channel: "fleet",
      epoch: this.epoch,
      offset: this.offset,
      server_time: this.offset * 1_000_000,
      set: { units: [...this.units.values()], fixes: [...this.fixes.values()] },
    };
  }

  /** Everything that changed after `base`, conflated into the newest values. */
  delta(base: number): Delta {
    const ids = new Set(this.changes.slice(base).flatMap((change) => [...change.units]));
    const rows = <Row>(table: Map<number, Row>): Row[] => [...ids].flatMap((id) => (table.has(id) ? [table.get(id) as Row] : []));
    const gone = [...ids].filter((id) => !this.units.has(id));
    return {
      type: "delta",
      channel: "fleet",
      epoch: this.epoch,
      base,
      offset: this.offset,
      server_time: this.offset * 1_000_000,
      set: { units: rows(this.units), fixes: rows(this.fixes) },
      removed: { units: gone, fixes: gone },
    };
  }
}

/** A socket whose other end is the test. */
export class TestSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  /** Pings that the hub has answered. */
  readonly answered = new Set<number>();
  closed = false;

  constructor(
    readonly url: string,
    readonly protocols: string[],
    readonly headers: Readonly<Record<string, string>> | undefined,
  ) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closed = true;
  }

  /** The hub says something. */
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

/** Time stands still until the test moves it. */
export class TestSurroundings implements Surroundings {
  readonly sockets: TestSocket[] = [];
  private nowMs = 1_000_000;
  private timers: { at: number; task: () => void }[] = [];

  open(url: string, protocols: string[], headers?: Readonly<Record<string, string>>): Socket {
    const socket = new TestSocket(url, protocols, headers);
    this.sockets.push(socket);
    return socket;
  }

  now(): number {
    return this.nowMs;
  }

  random(): number {
    return 0.5;
  }

  hidden(): boolean {
    return false;
  }

  onWake(): () => void {
    return () => undefined;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.nowMs + ms, task };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Let `ms` pass, running what falls due. */
  pass(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.nowMs = due.at;
      due.task();
    }
    this.nowMs = until;
  }

  /** Let `ms` pass without running anything, then what fell due meanwhile: the machine was asleep. */
  sleep(ms: number): void {
    this.nowMs += ms;
    const due = this.timers.filter((timer) => timer.at <= this.nowMs);
    this.timers = this.timers.filter((timer) => timer.at > this.nowMs);
    for (const timer of due) timer.task();
  }

  get socket(): TestSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("nothing was opened");
    return last;
  }
}

/** Let promises that are already settled be followed. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
