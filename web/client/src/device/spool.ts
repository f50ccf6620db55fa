/** Where a device keeps what the hub has not committed: what every spool does, and one in memory. */

import type { WireFix } from "./fix.ts";
import type { Found } from "./link.ts";
import type { Report } from "./report.ts";
import type { Kept, Run } from "./window.ts";

/** A call for help that no hub has acked yet. */
export interface OpenAlarm {
  readonly id: string;
  /** The oldest sample that carries it; null while none does. */
  readonly seq: number | null;
}

/** A numbered log, as it is stored. */
export interface Log extends Kept {
  /** 32 lowercase hexadecimal digits, drawn at random when the spool is created. */
  readonly logId: string;
  readonly alarm: OpenAlarm | null;
}

/** What an append takes with it, in the same transaction. */
export interface Append {
  readonly fixes: readonly WireFix[];
  /** Samples up to here leave. */
  readonly acked: number;
  readonly alarm: OpenAlarm | null;
}

/** A report that the hub has not answered, numbered in the order of what happened. */
export interface KeptReport {
  readonly number: number;
  readonly report: Report;
}

/** The spool cannot be used: the disk refuses, or the store was closed or wiped from outside. */
export class SpoolError extends Error {
  override readonly name = "SpoolError";
}

/** One user at a time; all but `open` belong between `open` and `close`, and reject with `SpoolError`. */
export interface Spool {
  /** Open the log, or begin one; waits for another page that has it open, after calling `onBusy`. */
  open(onBusy: () => void, signal: AbortSignal): Promise<Log>;
  /** Store samples under the next numbers. What is acked leaves, then the oldest above the spool's bound. */
  append(append: Append): Promise<Log>;
  /** The first unbroken run of stored samples at or after `run.first`, at most `run.samples`. */
  read(run: Run): Promise<Found>;
  /** Begin a new log with the samples kept, numbered from 1. */
  renew(): Promise<Log>;
  /** Store a report until `forgetReport`. */
  keepReport(kept: KeptReport): Promise<void>;
  forgetReport(number: number): Promise<void>;
  /** What is stored, in the order of the numbers. */
  reports(): Promise<KeptReport[]>;
  close(): Promise<void>;
}

export function drawLogId(): string {
  const digits = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(digits, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a log is after an append: pure, so that every spool drops the same samples. */
export function appended(log: Log, { fixes, acked, alarm }: Append, rowsMax: number): Log {
  const last = log.last + fixes.length;
  const first = Math.min(last + 1, Math.max(log.first, acked + 1, last - rowsMax + 1));
  return { logId: log.logId, first, last, ackedEver: Math.max(log.ackedEver, Math.min(acked, last)), alarm };
}

/** The same samples as a new log, numbered from 1. */
export function renewed(log: Log): Log {
  const shift = log.first - 1;
  const seq = log.alarm?.seq ?? null;
  const alarm = log.alarm === null ? null : { id: log.alarm.id, seq: seq === null ? null : Math.max(1, seq - shift) };
  return { logId: drawLogId(), first: 1, last: log.last - shift, ackedEver: 0, alarm };
}

export const NEW_LOG = { first: 1, last: 0, ackedEver: 0, alarm: null } as const;

/** For Node, and for devices that may lose everything with their process. */
export class MemorySpool implements Spool {
  private log: Log = { logId: drawLogId(), ...NEW_LOG };
  /** The samples from `log.first` on. */
  private fixes: WireFix[] = [];
  private readonly kept = new Map<number, KeptReport>();

  constructor(private readonly rowsMax = 100_000) {}

  open(): Promise<Log> {
    return Promise.resolve(this.log);
  }

  append(append: Append): Promise<Log> {
    const log = appended(this.log, append, this.rowsMax);
    this.fixes.push(...append.fixes);
    this.fixes.splice(0, log.first - this.log.first);
    this.log = log;
    return Promise.resolve(log);
  }

  read({ first, samples }: Run): Promise<Found> {
    const from = Math.max(first, this.log.first);
    const start = from - this.log.first;
    return Promise.resolve({ first: from, fixes: this.fixes.slice(start, start + samples) });
  }

  renew(): Promise<Log> {
    this.log = renewed(this.log);
    return Promise.resolve(this.log);
  }

  keepReport(kept: KeptReport): Promise<void> {
    this.kept.set(kept.number, kept);
    return Promise.resolve();
  }

  forgetReport(number: number): Promise<void> {
    this.kept.delete(number);
    return Promise.resolve();
  }

  reports(): Promise<KeptReport[]> {
    return Promise.resolve([...this.kept.values()]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
