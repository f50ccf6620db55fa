/** One connection of a device as it really runs: a socket, the link's decisions, and the backlog behind them. */

import type { Ending } from "../backoff.ts";
import { ProtocolError } from "../protocol.ts";
import type { Socket, Surroundings } from "../surroundings.ts";
import type { Backlog } from "./backlog.ts";
import type { Commands } from "./commands.ts";
import type { Counters } from "./counters.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Link } from "./link.ts";
import type { LinkReaction, LinkRules, RefusedSample, Step } from "./link.ts";
import { parseToDevice } from "./protocol.ts";
import type { Data, DeviceMessage, ReportAck, Skip } from "./protocol.ts";
import type { Reports } from "./reports.ts";
import { SpoolError } from "./spool.ts";
import type { Run } from "./window.ts";

export interface UplinkHooks {
  readonly onWelcome: () => void;
  readonly onRefused: (refused: RefusedSample) => void;
  readonly onEnd: (ending: Ending, detail: string) => void;
}

/** What outlives a connection. */
export interface Station {
  readonly backlog: Backlog;
  readonly commands: Commands;
  readonly reports: Reports;
  readonly counters: Counters;
  readonly rules: LinkRules;
  readonly heartbeatMs: number;
}

export class Uplink {
  private readonly link: Link;
  private readonly heartbeat: Heartbeat;
  /** Set once, when the connection is over. */
  private ended = false;
  /** What the hub last complained of. */
  private complaint = "";
  private pings = 0;
  /** Resolves the pump's wait for something to send. */
  private wake: () => void = () => undefined;
  private cancelBeat: () => void = () => undefined;

  constructor(
    private readonly socket: Socket,
    logId: string,
    private readonly station: Station,
    private readonly surroundings: Surroundings,
    private readonly hooks: UplinkHooks,
  ) {
    this.link = new Link(logId, station.rules);
    this.heartbeat = new Heartbeat(surroundings.now(), station.heartbeatMs);
    socket.onopen = () => this.send(this.link.hello());
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.end({ closeCode: event.code }, this.complaint);
    this.plan();
  }

  get stream(): number | null {
    return this.link.stream;
  }

  /** There may be something new to send. */
  news(): void {
    this.wake();
  }

  /** Ask at once whether the hub is still there: the device woke up, or the network changed. */
  probe(): void {
    if (this.link.stream === null || this.ended) return;
    this.ask();
    this.plan();
  }

  /** Let go of the connection without a word to the owner, who asked for it. */
  leave(): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelBeat();
    this.wake();
    this.station.commands.reply = null;
    this.station.reports.hangUp();
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close(1000);
  }

  private receive(data: unknown): void {
    const { kept } = this.station.backlog;
    if (kept === null || kept.logId !== this.link.logId) return this.end({ closeCode: 0 }, "the spool is another one now");
    this.heartbeat.heard(this.surroundings.now());
    try {
      this.react(this.link.receive(parseToDevice(String(data)), kept));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.end({ closeCode: 0 }, `the hub does not speak the protocol: ${error.message}`);
    }
  }

  private react({ welcomed, acked, refused, command, answer, renew, complaint }: LinkReaction): void {
    const { backlog, commands, counters } = this.station;
    if (complaint !== undefined) this.complaint = complaint;
    if (renew) {
      backlog.renew();
      return this.end({ closeCode: 0 }, "the spool was older than the hub's memory of it; its samples go on as a new log");
    }
    if (refused !== undefined) {
      counters.refused += 1;
      backlog.refused(refused.seq);
      this.hooks.onRefused(refused);
    }
    if (acked !== undefined) {
      counters.acked += Math.max(0, acked - Math.max(backlog.acked, (backlog.kept?.first ?? 1) - 1));
      backlog.accept(acked);
    }
    if (welcomed) this.begin();
    if (command !== undefined) commands.take(command);
    if (answer !== undefined) this.answer(answer);
    this.wake();
  }

  private begin(): void {
    this.station.counters.connects += 1;
    this.heartbeat.welcome();
    this.station.commands.reply = (answer) => this.send(answer);
    this.station.reports.connect((report) => this.send(report));
    this.plan();
    this.hooks.onWelcome();
    void this.pump();
  }

  private answer({ type: _, ...answer }: ReportAck): void {
    this.station.reports.answered(answer);
  }

  /** Send whatever may be sent, for as long as the connection lasts. */
  private async pump(): Promise<void> {
    try {
      while (!this.ended) {
        const news = new Promise<void>((resolve) => (this.wake = resolve));
        const { kept } = this.station.backlog;
        if (kept === null || kept.logId !== this.link.logId) return this.end({ closeCode: 0 }, "the spool is another one now");
        const step = this.link.next(kept, this.surroundings.now());
        if (step.kind === "wait") await this.rest(news, step.untilMs);
        else await this.take(step);
      }
    } catch (error) {
      if (!(error instanceof SpoolError)) throw error;
      this.end({ closeCode: 0 }, error.message);
    }
  }

  private async take(step: Exclude<Step, { kind: "wait" }>): Promise<void> {
    if (step.kind === "run") return this.sendRun(step.run);
    if (step.kind === "skip") return this.sendSkip(this.link.skip(step.hole));
    const newest = this.station.backlog.newest();
    if (newest !== null) this.send(this.link.hint(step.seq, newest, this.nowUs()));
    this.link.hinted(step.seq, this.surroundings.now());
  }

  private async sendRun(run: Run): Promise<void> {
    const { backlog } = this.station;
    const found = await backlog.read(run);
    const { kept } = backlog;
    if (this.ended || kept === null || kept.logId !== this.link.logId) return;
    const message = this.link.data(run, found, kept, this.nowUs());
    if (message?.type === "skip") this.sendSkip(message);
    if (message?.type === "data") this.sendData(message);
  }

  private sendSkip(skip: Skip): void {
    this.station.counters.skipped += skip.to - skip.from + 1;
    this.send(skip);
  }

  private sendData(data: Data): void {
    this.station.counters.count(data.seq, data.fixes.length);
    this.send(data);
  }

  private async rest(news: Promise<void>, untilMs: number | null): Promise<void> {
    if (untilMs === null) return news;
    let cancel: () => void = () => undefined;
    const due = new Promise<void>((resolve) => (cancel = this.surroundings.after(untilMs - this.surroundings.now(), resolve)));
    await Promise.race([news, due]);
    cancel();
  }

  private beat(): void {
    const deed = this.heartbeat.deed(this.surroundings.now());
    if (deed === "lose") return this.end({ closeCode: 0 }, "nothing was heard of the hub");
    if (deed === "ask") this.ask();
    this.plan();
  }

  private ask(): void {
    this.heartbeat.asked(this.surroundings.now());
    this.send({ type: "ping", id: (this.pings += 1) });
  }

  private plan(): void {
    this.cancelBeat();
    const { dueMs } = this.heartbeat;
    this.cancelBeat = this.surroundings.after(Math.max(0, dueMs - this.surroundings.now()), () => this.beat());
  }

  private send(message: DeviceMessage): void {
    if (!this.ended) this.socket.send(JSON.stringify(message));
  }

  private end(ending: Ending, detail: string): void {
    if (this.ended) return;
    this.leave();
    this.hooks.onEnd(ending, detail);
  }

  private nowUs(): number {
    return Math.round(this.surroundings.now() * 1000);
  }
}
