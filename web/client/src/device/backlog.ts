/** What the hub does not have yet: samples on their way to the spool, and the spool behind them. */

import type { Surroundings } from "../surroundings.ts";
import { alarmOf, withAlarm } from "./fix.ts";
import type { WireFix } from "./fix.ts";
import type { Found } from "./link.ts";
import { SpoolError } from "./spool.ts";
import type { Log, OpenAlarm, Spool } from "./spool.ts";
import type { Kept, Run } from "./window.ts";

/** Samples waiting for the spool; above it the oldest is dropped and counted. */
const PENDING_ROWS_MAX = 10_000;
/** Samples in one transaction of the spool. */
const COMMIT_ROWS_MAX = 1_000;
/** After the spool refused. */
const RETRY_MS = 1_000;
/** Newest samples kept in memory too, so that a live device never reads its spool. */
const TAIL_ROWS = 512;
/** Acked rows that may stay in the spool until something is appended. */
const FLUSH_ROWS = 5_000;

interface Pending {
  readonly fix: WireFix;
  /** Told the seq once it is stored, or why it is not; null for a sample that was only offered. */
  readonly stored: { readonly resolve: (seq: number) => void; readonly reject: (error: SpoolError) => void } | null;
}

export interface BacklogHooks {
  /** There may be something new to send. */
  readonly onNews: () => void;
  /** The spool was opened, or given up (another page has it, or the disk refuses). */
  readonly onSpool: (state: "open" | "busy" | "broken", detail: string) => void;
}

/**
 * Nothing here waits for the network. Appends are grouped: while one is being written, the samples that arrive form the
 * next. A spool that fails is closed and opened anew, for as long as it takes; what is offered meanwhile waits in memory.
 */
export class Backlog {
  /** Samples that were lost before they reached the spool. */
  dropped = 0;
  /** The log as stored; null while the spool is not open. */
  private log: Log | null = null;
  /** Everything up to here is the hub's, as far as it is known. */
  private ackedSeq = 0;
  /** The ack that the spool knows of. */
  private flushed = 0;
  private openAlarm: OpenAlarm | null = null;
  /** Whether the spool does not know of the alarm as it is now. */
  private alarmIsNews = false;
  private renewing = false;
  private pending: Pending[] = [];
  /** Samples in the transaction that is being written. */
  private committing = 0;
  private tail: WireFix[] = [];
  private closing = new AbortController();
  /** Resolves the wait for something to write. */
  private wake: () => void = () => undefined;

  constructor(
    private readonly spool: Spool,
    private readonly surroundings: Pick<Surroundings, "after">,
    private readonly hooks: BacklogHooks,
  ) {}

  /** What is stored now, null while the spool is not open. */
  get kept(): (Kept & { readonly logId: string }) | null {
    return this.log === null ? null : { ...this.log, ackedEver: Math.max(this.log.ackedEver, this.ackedSeq) };
  }

  get acked(): number {
    return this.ackedSeq;
  }

  /** The call for help that no hub has acked yet. */
  get alarm(): OpenAlarm | null {
    return this.openAlarm;
  }

  /** Samples that the hub is not known to have. */
  get unacked(): number {
    return this.pending.length + this.committing + (this.log === null ? 0 : this.log.last - Math.max(this.ackedSeq, this.log.first - 1));
  }

  offer(fix: WireFix): void {
    this.take({ fix, stored: null });
  }

  put(fix: WireFix): Promise<number> {
    return new Promise((resolve, reject) => this.take({ fix, stored: { resolve, reject } }));
  }

  /** Put this call for help on every sample from now on, until one that carries it is acked. */
  raise(id: string): void {
    this.openAlarm = { id, seq: null };
    this.alarmIsNews = true;
    this.wake();
  }

  /** Open the spool and write to it until `close`. */
  async run(): Promise<void> {
    this.closing = new AbortController();
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        this.adopt(await this.spool.open(() => this.hooks.onSpool("busy", "another page has the spool open"), signal));
        this.hooks.onSpool("open", "");
        await this.writeUntilClosed(signal);
      } catch (error) {
        if (signal.aborted) break;
        this.log = null;
        this.hooks.onSpool("broken", String(error));
        await this.spool.close().catch(() => undefined);
        await new Promise<void>((resolve) => {
          const cancel = this.surroundings.after(RETRY_MS, resolve);
          signal.addEventListener("abort", () => (cancel(), resolve()), { once: true });
        });
      }
    }
    await this.leave();
  }

  /** Write what was offered and let go of the spool; `run` returns then. */
  close(): void {
    this.closing.abort();
    this.wake();
  }

  /** Samples at or after a place, from memory where it has them. */
  async read(run: Run): Promise<Found> {
    const tail = this.fromTail(run);
    return tail === null ? this.spool.read(run) : { first: run.first, fixes: tail };
  }

  /** The newest sample, without reading the spool; null when memory does not have it. */
  newest(): WireFix | null {
    return this.tail.at(-1) ?? null;
  }

  /** Take the mark that the hub gave, which at a welcome may be lower than before. */
  accept(acked: number): void {
    this.ackedSeq = acked;
    if (acked - this.flushed > FLUSH_ROWS) this.wake();
    const seq = this.openAlarm?.seq ?? null;
    if (seq !== null && seq <= acked) this.note(null);
    this.hooks.onNews();
  }

  /** The hub has this call for help by another way: fixes need not carry it any more. */
  heard(id: string): void {
    if (this.openAlarm?.id !== id) return;
    this.note(null);
    this.hooks.onNews();
  }

  /** A sample is refused for ever: a call for help that rode on it has to ride on another one. */
  refused(seq: number): void {
    const alarm = this.openAlarm;
    if (alarm?.seq === seq) this.note({ id: alarm.id, seq: seq < (this.log?.last ?? 0) ? seq + 1 : null });
  }

  /** Go on as a new log, as soon as what is being written is written. */
  renew(): void {
    this.renewing = true;
    this.wake();
  }

  private adopt(log: Log): void {
    const alarm = this.openAlarm;
    this.log = log;
    this.tail = [];
    this.ackedSeq = this.flushed = 0;
    // A call for help that was raised before the spool was there counts more than one that it remembers.
    this.openAlarm = alarm === null || alarm.id === log.alarm?.id ? log.alarm : { id: alarm.id, seq: null };
    this.alarmIsNews = this.openAlarm !== log.alarm;
    this.hooks.onNews();
  }

  private take(pending: Pending): void {
    if (this.pending.length >= PENDING_ROWS_MAX) {
      this.pending.shift()?.stored?.reject(new SpoolError("the spool is too slow"));
      this.dropped += 1;
    }
    this.pending.push(pending);
    this.wake();
  }

  private async writeUntilClosed(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const arrived = new Promise<void>((resolve) => (this.wake = resolve));
      if (this.renewing) await this.startAnew();
      else if (this.pending.length > 0) await this.commit();
      else if (this.alarmIsNews || this.ackedSeq - this.flushed > FLUSH_ROWS) await this.append([]);
      else await arrived;
    }
  }

  private async startAnew(): Promise<void> {
    this.renewing = false;
    this.adopt(await this.spool.renew());
  }

  private async commit(): Promise<void> {
    const batch = this.pending.splice(0, COMMIT_ROWS_MAX);
    this.committing = batch.length;
    try {
      const first = await this.append(batch.map((pending) => pending.fix));
      batch.forEach(({ stored }, place) => stored?.resolve(first + place));
    } catch (error) {
      this.committing = 0;
      const refusal = error instanceof SpoolError ? error : new SpoolError(String(error));
      for (const { stored } of batch) stored?.reject(refusal);
      // A transaction that failed has stored nothing; whoever waits was told, and has the sample still in hand.
      this.pending.unshift(...batch.filter(({ stored }) => stored === null));
      throw refusal;
    }
    this.hooks.onNews();
  }

  /** Store samples; returns the seq of the first. */
  private async append(fixes: readonly WireFix[]): Promise<number> {
    if (this.log === null) throw new SpoolError("the spool is not open");
    const first = this.log.last + 1;
    const acked = this.ackedSeq;
    const alarm = this.openAlarm;
    const carried = alarm === null ? fixes : fixes.map((fix) => (alarmOf(fix) === null ? withAlarm(fix, alarm.id) : fix));
    const seq = alarm === null ? null : (alarm.seq ?? carriedFrom(carried, alarm.id, first));
    const log = await this.spool.append({ fixes: carried, acked, alarm: alarm === null ? null : { id: alarm.id, seq } });
    this.log = log;
    this.committing = 0;
    this.flushed = acked;
    this.tail = [...this.tail, ...carried].slice(-TAIL_ROWS);
    if (this.openAlarm === alarm) {
      this.openAlarm = this.stillKept(log.alarm, log);
      this.alarmIsNews = this.openAlarm !== log.alarm;
    }
    return first;
  }

  /** An alarm whose oldest sample was dropped for want of space rides on the oldest that is left. */
  private stillKept(alarm: OpenAlarm | null, { first, last }: Kept): OpenAlarm | null {
    if (alarm === null || alarm.seq === null || alarm.seq >= first || alarm.seq <= this.ackedSeq) return alarm;
    return { id: alarm.id, seq: first <= last ? first : null };
  }

  private fromTail({ first, samples }: Run): WireFix[] | null {
    if (this.log === null) return null;
    const start = this.tail.length - (this.log.last - first + 1);
    return start < 0 || first + samples - 1 > this.log.last ? null : this.tail.slice(start, start + samples);
  }

  private note(alarm: OpenAlarm | null): void {
    this.openAlarm = alarm;
    this.alarmIsNews = true;
    this.wake();
  }

  private async leave(): Promise<void> {
    try {
      while (this.log !== null && this.pending.length > 0) await this.commit();
      if (this.log !== null) await this.append([]);
    } catch {
      // the spool refuses to the last: those who wait for their sample were told
    }
    this.dropped += this.pending.length;
    for (const { stored } of this.pending.splice(0)) stored?.reject(new SpoolError("the client is closed"));
    this.log = null;
    await this.spool.close().catch(() => undefined);
  }
}

function carriedFrom(fixes: readonly WireFix[], alarmId: string, first: number): number | null {
  const place = fixes.findIndex((fix) => alarmOf(fix) === alarmId);
  return place < 0 ? null : first + place;
}
