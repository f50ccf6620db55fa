/** One connection of a device, from hello to its end, without any I/O: messages in, what to do and to send out. */

import { ProtocolError } from "../protocol.ts";
import type { WireFix } from "./fix.ts";
import type { Command, Data, DeviceWelcome, Hello, LiveHint, Nack, ReportAck, Skip, ToDevice } from "./protocol.ts";
import { Window } from "./window.ts";
import type { Hole, Kept, Run } from "./window.ts";

export interface LinkRules {
  /** Samples in a frame while a backlog drains; the protocol allows 500. */
  readonly frameFixes: number;
  /** Between live hints while a backlog drains; the protocol allows one a second. */
  readonly hintEveryMs: number;
  /** Names the application in the hub's logs. */
  readonly agent?: string;
}

/** A sample that the hub will never store; it is no longer the device's business, but a bug of it. */
export interface RefusedSample {
  readonly seq: number;
  readonly code: string;
  readonly detail: string;
}

/** What a message led to. */
export interface LinkReaction {
  /** The hub has everything up to here; after a welcome it may be less than before. */
  readonly acked?: number;
  readonly welcomed?: true;
  readonly refused?: RefusedSample;
  readonly command?: Command;
  readonly answer?: ReportAck;
  /** The log's next numbers are taken (this spool is a copy of an older state): go on as a new log. */
  readonly renew?: true;
  /** What the hub complained of. */
  readonly complaint?: string;
}

/** What to do next: send a skip, read and send a run, show a sample at once, or wait until then (null: for news). */
export type Step =
  | { readonly kind: "skip"; readonly hole: Hole }
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "hint"; readonly seq: number }
  | { readonly kind: "wait"; readonly untilMs: number | null };

/** What a spool found: the first unbroken run of samples at or after the place that was asked for. */
export interface Found {
  readonly first: number;
  readonly fixes: readonly WireFix[];
}

export class Link {
  /** The hub's number for the log; null before the welcome. */
  stream: number | null = null;
  private window: Window;
  /** Newest sample shown by a live hint, and when. */
  private hintedSeq = 0;
  private hintedAtMs = -Infinity;

  constructor(
    readonly logId: string,
    private readonly rules: LinkRules,
  ) {
    this.window = new Window(0, 0, rules.frameFixes);
  }

  hello(): Hello {
    const { agent } = this.rules;
    const hello = { type: "hello", streams: [{ log_id: this.logId, kind: "fixes" }] } as const;
    return agent === undefined ? hello : { ...hello, agent };
  }

  /** @throws ProtocolError when the hub says what it cannot mean. */
  receive(message: ToDevice, kept: Kept): LinkReaction {
    if (message.type === "error") return { complaint: `${message.code}: ${message.detail}` };
    if (message.type === "pong") return {};
    if (message.type === "welcome") return this.begin(message, kept);
    if (this.stream === null) throw new ProtocolError("the hub did not answer hello with welcome");
    if (message.type === "command") return { command: message };
    if (message.type === "report_ack") return { answer: message };
    if (message.type === "nack") return this.nack(message);
    this.window.credit = message.credit;
    const news = message.acks.map(([stream, seq]) => stream === this.stream && seq <= kept.last && this.window.accept(seq));
    return news.includes(true) ? { acked: this.window.acked } : {};
  }

  /** What to do now, at `nowMs` of any clock that does not jump. */
  next(kept: Kept, nowMs: number): Step {
    if (this.stream === null) return { kind: "wait", untilMs: null };
    const hintAtMs = this.hintDueMs(kept);
    if (hintAtMs !== null && hintAtMs <= nowMs) return { kind: "hint", seq: kept.last };
    const step = this.window.nextStep(kept);
    if (step === null) return { kind: "wait", untilMs: hintAtMs };
    return "reason" in step ? { kind: "skip", hole: step } : { kind: "run", run: step };
  }

  skip(hole: Hole): Skip {
    this.window.skipped(hole);
    return { type: "skip", stream: this.stream ?? 0, from: hole.first, to: hole.last, reason: hole.reason };
  }

  /** What to send after reading `run`; null when a nack came or the oldest were dropped meanwhile: decide again. */
  data(run: Run, found: Found, kept: Kept, sentAtUs: number): Data | Skip | null {
    if (this.window.nextSeq !== run.first || run.first < kept.first) return null;
    const count = found.fixes.length;
    if (count === 0 || found.first > run.first) {
      const last = count === 0 ? kept.last : found.first - 1;
      return this.skip({ first: run.first, last, reason: "corrupt" });
    }
    this.window.sent({ first: run.first, samples: count });
    return { type: "data", stream: this.stream ?? 0, seq: run.first, sent_at: sentAtUs, fixes: found.fixes };
  }

  hint(seq: number, fix: WireFix, sentAtUs: number): LiveHint {
    return { type: "live", stream: this.stream ?? 0, seq, sent_at: sentAtUs, fix };
  }

  /** Note that the newest sample was shown, or cannot be. */
  hinted(seq: number, nowMs: number): void {
    this.hintedSeq = seq;
    this.hintedAtMs = nowMs;
  }

  private begin(welcome: DeviceWelcome, kept: Kept): LinkReaction {
    const mark = welcome.streams.find((stream) => stream.log_id === this.logId);
    if (mark === undefined || this.stream !== null) throw new ProtocolError("the welcome does not name the stream, or came twice");
    if (mark.acked > kept.last) return { welcomed: true, renew: true };
    this.stream = mark.stream;
    this.window = new Window(mark.acked, welcome.credit, this.rules.frameFixes);
    return { welcomed: true, acked: mark.acked };
  }

  private nack({ stream, expected, seq, code = "", detail = "" }: Nack): LinkReaction {
    if (stream !== this.stream) return {};
    if (expected !== undefined) {
      return this.window.goBack(expected) ? {} : { complaint: `the hub expects sample ${expected}, which cannot be` };
    }
    if (seq === undefined) return {};
    const refused = { seq, code, detail };
    return this.window.refuse(seq) ? { refused, acked: this.window.acked } : { refused };
  }

  private hintDueMs(kept: Kept): number | null {
    if (kept.last <= this.hintedSeq || !this.window.lags(kept)) return null;
    return this.hintedAtMs + this.rules.hintEveryMs;
  }
}
