/** A hub's ingest in memory, by the rules of docs/protocol.md: what devices are compared with. */

import assert from "node:assert/strict";
import type { TestSocket } from "./hub.ts";

const CREDIT = 120;

interface StoredLog {
  readonly stream: number;
  mark: number;
  /** By seq; the first one that was stored stays. */
  readonly rows: Map<number, unknown>;
  readonly skips: { from: number; to: number; reason: string }[];
}

export class ModelHub {
  readonly logs = new Map<string, StoredLog>();
  /** Longest run of samples that was on the way without an ack. */
  unackedMax = 0;
  /** Seq of each live hint. */
  readonly hints: number[] = [];
  /** Stored reports by id, in the order of their commits. */
  readonly reports = new Map<string, Record<string, unknown>>();
  /** The connection that owns the stream, and what it sent that is not committed. */
  private socket: TestSocket | null = null;
  private log: StoredLog | null = null;
  private cursor = 0;
  private taken: (() => void)[] = [];
  /** Reports that were taken and are neither stored nor answered. */
  private answers: (() => void)[] = [];
  private cost = 0;
  private gapTold = false;

  /** Take a new connection. */
  accept(socket: TestSocket): void {
    this.socket = socket;
    this.log = null;
    this.taken = [];
    this.cost = 0;
    this.gapTold = false;
    socket.onopen?.();
  }

  /** Read everything that the device has sent. */
  read(): void {
    const { socket } = this;
    for (let said = socket?.sent.shift(); said !== undefined && socket === this.socket; said = socket?.sent.shift()) this.take(said);
  }

  /** Commit what was taken, and ack it. */
  commit(): void {
    for (const answer of this.answers.splice(0)) answer();
    if (this.log === null || this.socket === null || this.taken.length === 0) return;
    for (const store of this.taken.splice(0)) store();
    this.cost = 0;
    this.socket.say({ type: "ack", acks: [[this.log.stream, this.log.mark]], credit: CREDIT });
  }

  /** The connection breaks; what was taken and not committed is gone. */
  cut(code = 1006): void {
    const { socket } = this;
    this.socket = this.log = null;
    this.taken = [];
    this.answers = [];
    socket?.onclose?.({ code });
  }

  /** The database is restored from a backup: everything after `mark` is gone. */
  restore(mark: number): void {
    this.cut(1012);
    for (const log of this.logs.values()) {
      log.mark = Math.min(log.mark, mark);
      for (const seq of log.rows.keys()) if (seq > mark) log.rows.delete(seq);
    }
  }

  private take(said: Record<string, unknown>): void {
    if (said["type"] === "hello") return this.welcome((said["streams"] as { log_id: string }[])[0]?.log_id ?? "");
    if (said["type"] === "data") return this.data(said["seq"] as number, said["fixes"] as unknown[]);
    if (said["type"] === "skip") return this.skip(said["from"] as number, said["to"] as number, said["reason"] as string);
    if (said["type"] === "ping") return this.socket?.say({ type: "pong", id: said["id"], server_time: 1 });
    if (said["type"] === "report") return this.report(String(said["id"]), said);
    assert.equal(said["type"], "live");
    this.hints.push(said["seq"] as number);
  }

  /** Stored once by its id, and answered after that. */
  private report(id: string, said: Record<string, unknown>): void {
    this.answers.push(() => {
      if (!this.reports.has(id)) this.reports.set(id, said);
      const isRefused = (said["body"] as { assignment?: string }).assignment === "of another";
      const refusal = { status: "refused", code: "forbidden", detail: "no", state: { status: "cancelled" } };
      this.socket?.say({ type: "report_ack", id, ...(isRefused ? refusal : { status: "done" }) });
    });
  }

  private welcome(logId: string): void {
    const log = this.logs.get(logId) ?? { stream: this.logs.size + 1, mark: 0, rows: new Map<number, unknown>(), skips: [] };
    this.logs.set(logId, log);
    this.log = log;
    this.cursor = log.mark;
    const streams = [{ log_id: logId, stream: log.stream, fence: 1, acked: log.mark }];
    this.socket?.say({ type: "welcome", device: 1, session: "s", streams, credit: CREDIT, heartbeat_s: 20, server_time: 1 });
  }

  private data(seq: number, fixes: readonly unknown[]): void {
    const log = this.log as StoredLog;
    const last = seq + fixes.length - 1;
    if (this.isGap(seq) || last <= this.cursor) return;
    this.admit(last - Math.max(seq - 1, this.cursor));
    this.cursor = last;
    this.taken.push(() => {
      fixes.forEach((fix, place) => {
        if (!log.rows.has(seq + place) && seq + place > log.mark) log.rows.set(seq + place, fix);
      });
      log.mark = last;
    });
  }

  private skip(from: number, to: number, reason: string): void {
    const log = this.log as StoredLog;
    if (this.isGap(from) || to <= this.cursor) return;
    this.admit(1);
    const skip = { from: this.cursor + 1, to, reason };
    this.cursor = to;
    this.taken.push(() => {
      log.skips.push(skip);
      log.mark = to;
    });
  }

  private isGap(first: number): boolean {
    const gap = first > this.cursor + 1;
    if (gap && !this.gapTold) this.socket?.say({ type: "nack", stream: this.log?.stream, expected: this.cursor + 1 });
    this.gapTold = gap;
    return gap;
  }

  private admit(samples: number): void {
    this.cost += samples;
    this.unackedMax = Math.max(this.unackedMax, this.cost);
    assert.ok(this.cost <= CREDIT, "more unacked samples than credit");
  }
}
