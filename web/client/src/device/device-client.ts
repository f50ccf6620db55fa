/** A tablet in a browser or in Node: takes fixes, keeps them until the hub has committed them, finds its way back. */

import { delayMs, staysAway } from "../backoff.ts";
import type { Ending } from "../backoff.ts";
import { here } from "../surroundings.ts";
import type { Surroundings } from "../surroundings.ts";
import { endingOf } from "../tickets.ts";
import { Backlog } from "./backlog.ts";
import { Commands } from "./commands.ts";
import type { CarryOut } from "./commands.ts";
import { Counters } from "./counters.ts";
import { withAlarm, wireOf } from "./fix.ts";
import type { DeviceFix, WireFix } from "./fix.ts";
import type { RefusedSample } from "./link.ts";
import type { Report, ReportAnswer, ReportBodies, ReportKind } from "./report.ts";
import { Reports } from "./reports.ts";
import type { Spool } from "./spool.ts";
import { Uplink } from "./uplink.ts";
import type { Station } from "./uplink.ts";

export interface DeviceOptions {
  /** The hub's `/ws/device`, ws: or wss:. */
  readonly url: string;
  /** In a browser: draws a device ticket for each connection; see `deviceTickets`. */
  readonly ticket?: () => Promise<string>;
  /** In Node and apps, instead of `ticket`: the device's secret. */
  readonly token?: () => Promise<string>;
  readonly spool: Spool;
  readonly onState?: (state: DeviceState) => void;
  /** The hub will never store a sample: a bug of this device. */
  readonly onRefused?: (refused: RefusedSample) => void;
  /** The hub asks for something, once for each id; throw `CommandRefused` to say no. */
  readonly onCommand?: CarryOut;
  /** The hub has answered a report: also one that an earlier page made, for which nobody waits any more. */
  readonly onAnswer?: (answer: ReportAnswer, report: Report) => void;
  /** What the crew said and the hub has not answered, oldest first, whenever that changes. */
  readonly onReports?: (open: readonly Report[]) => void;
  /** Samples in a frame while a backlog drains, 1 to 500. */
  readonly frameFixes?: number;
  /** Name and version of the application, for the hub's logs; at most 100 characters. */
  readonly agent?: string;
  readonly surroundings?: Surroundings;
}

/**
 * idle → opening → connecting → streaming → waiting → connecting → …
 * `standby`: another page runs this spool; this one takes over when that is closed. What is offered waits in memory.
 */
export type DevicePhase = "idle" | "opening" | "standby" | "connecting" | "streaming" | "waiting" | "stopped";

export interface DeviceState {
  readonly phase: DevicePhase;
  /** Failed tries since the hub last said welcome. */
  readonly attempt: number;
  /** When the next try is due (local ms), while waiting. */
  readonly retryAtMs: number | null;
  /** Why it is not streaming, in words; empty when there is nothing to say. */
  readonly detail: string;
  /** The hub refuses this device: a person has to look. It is tried again every five minutes. */
  readonly refused: boolean;
  /** The newest call for help, and whether the hub has it. */
  readonly alarm: { readonly id: string; readonly delivered: boolean } | null;
}

const IDLE: DeviceState = { phase: "idle", attempt: 0, retryAtMs: null, detail: "", refused: false, alarm: null };

const HEARTBEAT_MS = 10_000;
/** Longest wait for a ticket. */
const CREDENTIAL_MS = 10_000;
const FRAME_FIXES = 100;
const HINT_EVERY_MS = 1_000;

export class DeviceClient {
  readonly counters = new Counters();
  private readonly surroundings: Surroundings;
  private readonly station: Station;
  private state: DeviceState = IDLE;
  /** The connection that is open or opening; null between connections. */
  private uplink: Uplink | null = null;
  /** Counts attempts, so that a slow ticket of an old one is not used. */
  private generation = 0;
  /** The running backlog; null while stopped. */
  private running: Promise<void> | null = null;
  private newest: WireFix | null = null;
  private cancelTimer: () => void = () => undefined;
  private stopListening: () => void = () => undefined;
  /** Called when everything may have been acked. */
  private readonly onDrained = new Set<() => void>();

  constructor(private readonly options: DeviceOptions) {
    if ((options.ticket === undefined) === (options.token === undefined)) throw new TypeError("give either ticket or token");
    const { spool, agent, frameFixes = FRAME_FIXES } = options;
    this.surroundings = options.surroundings ?? here;
    const hooks = { onNews: () => this.news(), onSpool: this.spooled.bind(this) };
    this.station = {
      backlog: new Backlog(spool, this.surroundings, hooks),
      commands: new Commands(options.onCommand),
      reports: new Reports(spool, {
        nowUs: () => Math.round(this.surroundings.now() * 1000),
        onChange: (open) => options.onReports?.(open),
        onAnswer: (answer, report) => this.answered(answer, report),
      }),
      counters: this.counters,
      rules: { frameFixes, hintEveryMs: HINT_EVERY_MS, ...(agent === undefined ? {} : { agent }) },
      heartbeatMs: HEARTBEAT_MS,
    };
  }

  get current(): DeviceState {
    return this.state;
  }

  /** Samples that the hub is not known to have committed. */
  get unacked(): number {
    return this.station.backlog.unacked;
  }

  /** What the crew said and the hub has not answered, oldest first. */
  get reports(): readonly Report[] {
    return this.station.reports.open;
  }

  /** Samples that were lost before they reached the spool, because it was too slow or refused for too long. */
  get dropped(): number {
    return this.station.backlog.dropped;
  }

  /** Seq of the newest stored sample; null while the spool is not open. */
  get lastSeq(): number | null {
    return this.station.backlog.kept?.last ?? null;
  }

  /** The hub's number for the log, once it is known. */
  get stream(): number | null {
    return this.uplink?.stream ?? null;
  }

  /** Open the spool and begin to connect. */
  start(): void {
    if (this.running !== null) return;
    this.become({ ...IDLE, phase: "opening" });
    this.stopListening = this.surroundings.onWake(() => this.wakeUp());
    this.running = this.station.backlog.run();
  }

  /** Write what was offered to the spool and let go of it; what is not acked goes on with the next `start`. */
  async stop(): Promise<void> {
    this.stopListening();
    this.hangUp();
    this.station.reports.leave();
    this.station.backlog.close();
    this.become({ ...this.state, phase: "stopped", retryAtMs: null });
    const { running } = this;
    await running;
    if (this.running === running) this.running = null;
  }

  /** Take a fix without waiting, not even for the spool: a crash in the next moment can lose it. */
  offer(fix: DeviceFix): void {
    this.station.backlog.offer(this.take(fix));
  }

  /** Take a fix and wait until it is in the spool; returns its seq, rejects with `SpoolError`. Never waits for the network. */
  send(fix: DeviceFix): Promise<number> {
    return this.station.backlog.put(this.take(fix));
  }

  /**
   * Call for help. Goes out at once, with the newest known position where there is one, and again with every fix until the
   * hub has it. Returns the id: that of the call that is still open, if there is one. An `id` has 1 to 64 printable
   * characters and is never used again by this device.
   */
  alarm(id: string = crypto.randomUUID()): string {
    const { backlog } = this.station;
    if (backlog.alarm !== null) return backlog.alarm.id;
    backlog.raise(id);
    this.become({ ...this.state, alarm: { id, delivered: false } });
    const place = this.newest === null ? {} : { latitude: this.newest[1], longitude: this.newest[2] };
    void this.station.reports.take("sos", { alarm: id, ...place }, id);
    if (this.newest !== null) backlog.offer(withAlarm(this.newest, id));
    return id;
  }

  /**
   * Tell the hub what the crew does or says. It is kept in the spool until the hub has answered, and then sent, in order
   * and with its time (`atUs`; without it, now), however long the network is away. Resolves with the answer, which may be
   * a refusal; rejects with `SpoolError` when hundreds wait already. After a restart, `onAnswer` tells of it.
   */
  report<Kind extends ReportKind>(kind: Kind, body: ReportBodies[Kind], atUs?: number): Promise<ReportAnswer> {
    return this.station.reports.take(kind, body, crypto.randomUUID(), atUs);
  }

  /** Wait until the hub has committed everything that was taken so far and meanwhile. */
  async drained(): Promise<void> {
    while (this.unacked > 0 || this.lastSeq === null) await new Promise<void>((resolve) => this.onDrained.add(resolve));
  }

  /** Try now instead of at the end of the wait: the network is back, or a person asked. */
  retryNow(): void {
    if (this.state.phase === "waiting") this.connect();
  }

  private take(fix: DeviceFix): WireFix {
    this.newest = wireOf(fix, null);
    return this.newest;
  }

  private answered(answer: ReportAnswer, report: Report): void {
    if (report.kind === "sos" && answer.status === "done") this.station.backlog.heard(report.body.alarm);
    this.options.onAnswer?.(answer, report);
  }

  private news(): void {
    this.uplink?.news();
    this.noteAlarm();
    for (const resolve of this.onDrained) resolve();
    this.onDrained.clear();
  }

  /** Every page that watches has to know whether the call for help has arrived. */
  private noteAlarm(): void {
    const open = this.station.backlog.alarm;
    const shown = this.state.alarm;
    if (open !== null && open.id !== shown?.id) this.become({ ...this.state, alarm: { id: open.id, delivered: false } });
    if (open === null && shown?.delivered === false) this.become({ ...this.state, alarm: { ...shown, delivered: true } });
  }

  private spooled(state: "open" | "busy" | "broken", detail: string): void {
    if (state === "open") {
      void this.station.reports.adopt().catch(() => undefined); // a spool that fails is opened anew
      return this.connect();
    }
    this.station.reports.leave();
    this.hangUp();
    this.become({ ...this.state, phase: state === "busy" ? "standby" : "opening", retryAtMs: null, detail });
  }

  private wakeUp(): void {
    this.retryNow();
    this.uplink?.probe();
  }

  private connect(): void {
    this.hangUp();
    this.become({ ...this.state, phase: "connecting", retryAtMs: null });
    const { generation } = this;
    const fail = (error: unknown): void => {
      if (generation === this.generation) this.lose(endingOf(error), String(error));
    };
    this.cancelTimer = this.surroundings.after(CREDENTIAL_MS, () => fail("no ticket came"));
    const { ticket, token } = this.options;
    (ticket ?? token)?.().then((credential) => {
      if (generation === this.generation) this.open(credential);
    }, fail);
  }

  private open(credential: string): void {
    this.cancelTimer();
    const kept = this.station.backlog.kept;
    if (kept === null) return;
    const { url, ticket } = this.options;
    const socket =
      ticket === undefined
        ? this.surroundings.open(url, ["hub.v1"], { Authorization: `Bearer ${credential}` })
        : this.surroundings.open(url, ["hub.v1", `ticket.${credential}`]);
    this.uplink = new Uplink(socket, kept.logId, this.station, this.surroundings, {
      onWelcome: () => this.become({ ...this.state, phase: "streaming", attempt: 0, retryAtMs: null, detail: "", refused: false }),
      onRefused: (refused) => this.options.onRefused?.(refused),
      onEnd: (ending, detail) => this.lose(ending, detail),
    });
  }

  private lose(ending: Ending, detail: string): void {
    this.hangUp();
    const attempt = this.state.attempt + 1;
    const wait = delayMs(attempt, ending, this.surroundings.random());
    const retryAtMs = this.surroundings.now() + wait;
    this.become({ ...this.state, phase: "waiting", attempt, retryAtMs, detail, refused: staysAway(ending) });
    this.cancelTimer = this.surroundings.after(wait, () => this.connect());
  }

  /** Let go of the connection and of whatever was planned. */
  private hangUp(): void {
    this.generation += 1;
    this.cancelTimer();
    const { uplink } = this;
    this.uplink = null;
    uplink?.leave();
  }

  private become(state: DeviceState): void {
    this.state = state;
    this.options.onState?.(state);
  }
}
