/** What the crew said and the hub has not answered: kept in order, sent again until it is answered. */

import type { Report, ReportAnswer, ReportBodies, ReportKind } from "./report.ts";
import { SpoolError } from "./spool.ts";
import type { KeptReport, Spool } from "./spool.ts";

/** Reports without an answer, besides calls for help: a crew makes some dozens a shift. */
const KEPT_MAX = 500;
/** Reports on their way at the same time; the hub takes 64. */
const ON_THE_WAY_MAX = 16;

export interface ReportMessage {
  readonly type: "report";
  readonly id: string;
  readonly kind: ReportKind;
  readonly at: number;
  readonly sent_at: number;
  readonly body: object;
}

export interface ReportsHooks {
  /** Microseconds since 1970 by the device's clock. */
  readonly nowUs: () => number;
  /** What is still without an answer has changed. */
  readonly onChange: (open: readonly Report[]) => void;
  readonly onAnswer: (answer: ReportAnswer, report: Report) => void;
}

export class Reports {
  private kept: KeptReport[] = [];
  /** How many of `kept`, from its start, are on their way on this connection. */
  private onTheWay = 0;
  private send: ((message: ReportMessage) => void) | null = null;
  /** The spool, while it is open; each write follows the one before. */
  private isOpen = false;
  private writing: Promise<unknown> = Promise.resolve();
  private readonly asking = new Map<string, (answer: ReportAnswer) => void>();

  constructor(
    private readonly spool: Spool,
    private readonly hooks: ReportsHooks,
  ) {}

  get open(): readonly Report[] {
    return this.kept.map(({ report }) => report);
  }

  /** Take a report of `atUs`; resolves with the hub's answer, however long that takes. Rejects when there are too many. */
  take<Kind extends ReportKind>(kind: Kind, body: ReportBodies[Kind], id: string, atUs = this.hooks.nowUs()): Promise<ReportAnswer> {
    if (kind !== "sos" && this.kept.length >= KEPT_MAX) return Promise.reject(new SpoolError("too many reports wait for the hub"));
    const report = { id, kind, at: Math.round(atUs), body } as Report;
    const kept = { number: (this.kept.at(-1)?.number ?? 0) + 1, report };
    const answered = new Promise<ReportAnswer>((resolve) => this.asking.set(id, resolve));
    this.kept.push(kept);
    this.hooks.onChange(this.open);
    // It leaves when it is kept; where the spool refuses, it leaves all the same: a call for help needs no disk.
    void this.keep(id).then(() => this.pump());
    return answered;
  }

  /** The spool is open: what an earlier page left is older than what was said since. */
  async adopt(): Promise<void> {
    const stored = await this.spool.reports();
    this.isOpen = true;
    const known = new Set(stored.map(({ report }) => report.id));
    const fresh = this.kept.filter(({ report }) => !known.has(report.id));
    const last = stored.at(-1)?.number ?? 0;
    this.kept = [...stored, ...fresh.map(({ report }, place) => ({ number: last + 1 + place, report }))];
    for (const { report } of fresh) void this.keep(report.id);
    this.hooks.onChange(this.open);
    this.pump();
  }

  /** The spool is closed, or broken: what is said meanwhile stays in memory. */
  leave(): void {
    this.isOpen = false;
    this.hangUp();
  }

  /** A connection stands: everything that is not answered goes, the oldest first. */
  connect(send: (message: ReportMessage) => void): void {
    this.send = send;
    this.onTheWay = 0;
    this.pump();
  }

  hangUp(): void {
    this.send = null;
    this.onTheWay = 0;
  }

  /** Take the hub's answer. */
  answered(answer: ReportAnswer): void {
    const place = this.kept.findIndex(({ report }) => report.id === answer.id);
    const [kept] = place < 0 ? [] : this.kept.splice(place, 1);
    if (kept === undefined) return; // it was answered before
    if (place < this.onTheWay) this.onTheWay -= 1;
    void this.write(() => this.spool.forgetReport(kept.number));
    this.hooks.onAnswer(answer, kept.report);
    this.hooks.onChange(this.open);
    this.asking.get(answer.id)?.(answer);
    this.asking.delete(answer.id);
    this.pump();
  }

  private pump(): void {
    while (this.send !== null && this.onTheWay < Math.min(ON_THE_WAY_MAX, this.kept.length)) {
      const kept = this.kept[this.onTheWay];
      if (kept === undefined) return;
      this.onTheWay += 1;
      this.send({ type: "report", ...kept.report, sent_at: this.hooks.nowUs() });
    }
  }

  /** Store a report under the number that it has by then. */
  private keep(id: string): Promise<void> {
    return this.write(async () => {
      const kept = this.kept.find(({ report }) => report.id === id);
      if (kept !== undefined) await this.spool.keepReport(kept);
    });
  }

  /** Run one write after the others; what the spool refuses stays in memory. */
  private write(task: () => Promise<void>): Promise<void> {
    const written = this.writing.then(() => (this.isOpen ? task() : undefined)).catch(() => undefined);
    this.writing = written;
    return written.then(() => undefined);
  }
}
