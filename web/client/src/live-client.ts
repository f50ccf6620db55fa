/** A live viewer that stays right by itself: connects, resyncs, reconnects, and keeps the last picture meanwhile. */

import { delayMs, LOST } from "./backoff.ts";
import type { Ending } from "./backoff.ts";
import { ServerClock } from "./clock.ts";
import { IDLE, SignedOut } from "./connection.ts";
import type { Connection } from "./connection.ts";
import type { Fix, Fleet } from "./fleet.ts";
import { Followers } from "./followers.ts";
import { GlassLatency } from "./latency.ts";
import type { Latency } from "./latency.ts";
import type { LiveOptions } from "./live-options.ts";
import { parseMessage, ProtocolError } from "./protocol.ts";
import type { Filter, HubMessage, Pong, Subscribe } from "./protocol.ts";
import { Pulse } from "./pulse.ts";
import type { StateFeed } from "./state.ts";
import { here } from "./surroundings.ts";
import type { Socket, Surroundings } from "./surroundings.ts";
import { endingOf } from "./tickets.ts";
import { ChannelRefused, Viewer } from "./viewer.ts";

/** Close codes: the credential does not count, or was withdrawn. */
const CREDENTIAL = new Set([4500, 4504]);
/** Unanswered pings that are remembered: more than one is only on the way where answers come late. */
const PINGS_MAX = 16;

export class LiveClient {
  readonly clock = new ServerClock();
  private readonly viewer: Viewer;
  /** Whether the viewer's channel is subscribed to. */
  private readonly watches: boolean;
  private readonly followers: Followers;
  private readonly surroundings: Surroundings;
  private readonly glass = new GlassLatency();
  /** The open or opening socket; messages of any other are stale. */
  private socket: Socket | null = null;
  private pulse: Pulse;
  /** Pings that were not answered yet, by id: when they left. */
  private readonly pings = new Map<number, number>();
  private nextPing = 1;
  /** Counts connection attempts, so that a slow ticket of an old one is not used. */
  private generation = 0;
  /** Cancels the one pending timer: the retry while waiting, else the next beat of the pulse. */
  private cancelTimer: () => void = () => undefined;
  private state: Connection = IDLE;
  /** Local ms of the newest moment at which the picture was known to be in sync; null before the first. */
  private pictureAt: number | null = null;

  constructor(private readonly options: LiveOptions) {
    if ((options.ticket === undefined) === (options.token === undefined)) throw new TypeError("give either ticket or token");
    this.surroundings = options.surroundings ?? here;
    this.viewer = new Viewer(options.channel ?? "fleet", options.filter ?? null);
    this.watches = options.channel !== null;
    this.followers = new Followers(options.events ?? [], options.states ?? [], this.surroundings);
    this.pulse = new Pulse(this.surroundings.now());
  }

  get fleet(): Fleet {
    return this.viewer.fleet;
  }

  get connection(): Connection {
    return this.state;
  }

  /** When the picture was last in sync (local ms), null before the first one. */
  get pictureAtMs(): number | null {
    return this.pictureAt;
  }

  /** How old positions are when they come in; null before the first moved, or before the hub's clock is known. */
  latency(): Latency | null {
    const { roundTripMs } = this.clock;
    return roundTripMs === null ? null : this.glass.summary(roundTripMs);
  }

  start(): void {
    if (this.state.phase === "idle" || this.state.phase === "stopped") this.connect();
  }

  /** Follow another part of the fleet, or all of it. The old picture stays, whole, until the new one is complete. */
  setFilter(filter: Filter | null): void {
    if (!this.watches) return;
    const request = this.viewer.setFilter(filter);
    if (request !== null && this.state.phase === "live") this.turn(request);
  }

  /** Follow one more state, on this connection and on those after it. */
  follow(feed: StateFeed): void {
    this.followers.follow(feed);
  }

  /** Give a channel of events or of a state up. */
  leave(channel: string): void {
    if (this.followers.leave(channel) && this.state.phase === "live") this.send({ type: "unsubscribe", channel });
  }

  /** Try now instead of at the end of the wait: the network is back, or a person asked. */
  retryNow(): void {
    if (this.state.phase === "waiting") this.connect();
  }

  /** Ask at once whether the hub is still there: the machine woke up, or the network changed. */
  probe(): void {
    if (this.state.phase !== "live") return;
    this.ping();
    this.plan();
  }

  stop(): void {
    this.drop();
    this.become({ ...IDLE, phase: "stopped" });
  }

  private connect(): void {
    this.drop();
    this.become({ ...this.state, phase: "connecting", retryAtMs: null });
    const { generation } = this;
    this.pulse = new Pulse(this.surroundings.now());
    this.plan();
    const { ticket, token } = this.options;
    (ticket ?? token)?.().then(
      (credential) => {
        if (generation === this.generation) this.open(credential);
      },
      (error: unknown) => {
        if (generation !== this.generation) return;
        if (error instanceof SignedOut) this.end("signed_out");
        else this.lose(endingOf(error));
      },
    );
  }

  private open(credential: string): void {
    const { url, ticket } = this.options;
    const socket =
      ticket === undefined
        ? this.surroundings.open(url, ["hub.v1"], { Authorization: `Bearer ${credential}` })
        : this.surroundings.open(url, ["hub.v1", `ticket.${credential}`]);
    this.socket = socket;
    this.clock.reset();
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lose({ closeCode: event.code });
    };
  }

  private receive(data: unknown): void {
    try {
      this.take(parseMessage(String(data)));
    } catch (error) {
      if (error instanceof ProtocolError) this.lose(LOST);
      else if (error instanceof ChannelRefused) this.end("refused");
      else throw error;
    }
  }

  private take(message: HubMessage): void {
    const now = this.surroundings.now();
    this.pulse.heard(now);
    if ("server_time" in message) this.clock.observe(message.server_time, now);
    if (message.type === "welcome") return this.begin(now);
    if (message.type === "pong") this.measure(message, now);
    else if (message.channel === this.viewer.channel) this.look(message, now);
    else this.followers.receive(message);
  }

  private begin(now: number): void {
    this.pulse.welcome(now);
    if (this.watches) this.send(this.viewer.subscribe());
    else this.confirm(now);
    const { generation } = this;
    this.followers.connected((request) => {
      if (generation === this.generation) this.send(request);
    });
  }

  private look(message: HubMessage, now: number): void {
    this.pulse.pictured(now);
    const { reply, change, moved, filterRefused } = this.viewer.receive(message);
    if (reply !== undefined) this.turn(reply);
    if (filterRefused !== undefined) this.options.onFilterRefused?.(filterRefused);
    this.confirm(now);
    if (moved !== undefined) this.age(moved, now);
    if (change !== undefined) this.options.onChange?.(change);
  }

  /** The hub has just spoken: unless something is outstanding, the picture is what it knows. */
  private confirm(now: number): void {
    if (this.viewer.waiting) return;
    this.pictureAt = now;
    if (this.state.phase !== "live") this.become({ ...IDLE, phase: "live" });
  }

  private measure(pong: Pong, now: number): void {
    const sentAt = this.pings.get(pong.id);
    if (sentAt !== undefined) this.clock.measure(sentAt, pong.server_time, now);
    this.pings.delete(pong.id);
    this.viewer.passed(pong.id);
    this.confirm(now);
  }

  private age(moved: readonly Fix[], now: number): void {
    if (this.clock.roundTripMs === null) return;
    const nowUs = this.clock.nowUs(now);
    for (const fix of moved) this.glass.observe((nowUs - fix.fixAtUs) / 1000);
  }

  /** Subscribe anew on a connection that already has a subscription. */
  private turn(request: Subscribe): void {
    this.send(request);
    if (request.epoch === undefined) this.viewer.fence(this.ping());
  }

  /** Returns the ping's id. */
  private ping(): number {
    const now = this.surroundings.now();
    const id = this.nextPing++;
    this.pulse.pinged(now);
    this.pings.set(id, now);
    this.pings.delete(id - PINGS_MAX);
    this.socket?.send(JSON.stringify({ type: "ping", id }));
    return id;
  }

  private send(request: object): void {
    this.socket?.send(JSON.stringify(request));
    this.pulse.pictured(this.surroundings.now());
    this.plan();
  }

  /** Wake up when the pulse has something to do. */
  private plan(): void {
    const { atMs } = this.pulse.next(this.viewer.waiting, this.surroundings.hidden());
    this.watch(Math.max(0, atMs - this.surroundings.now()), () => this.beat());
  }

  private beat(): void {
    const deed = this.pulse.deed(this.surroundings.now(), this.viewer.waiting, this.surroundings.hidden());
    if (deed === "lose") return this.lose(LOST);
    if (deed === "ping") this.ping();
    if (deed === "subscribe") {
      if (this.watches) return this.send(this.viewer.subscribe());
      this.pulse.pictured(this.surroundings.now());
    }
    this.plan();
  }

  private lose(ending: Ending): void {
    this.drop();
    const attempt = this.state.attempt + 1;
    // A credential that does not count any more is answered by drawing another, which says whether the session is over.
    const wait = delayMs(attempt, CREDENTIAL.has(ending.closeCode) ? LOST : ending, this.surroundings.random());
    this.become({ phase: "waiting", attempt, closeCode: ending.closeCode, retryAtMs: this.surroundings.now() + wait });
    this.watch(wait, () => this.connect());
  }

  /** Nothing is tried any more: the session is over, or the channel is not for this account. */
  private end(phase: "signed_out" | "refused"): void {
    this.drop();
    this.become({ ...this.state, phase, retryAtMs: null });
  }

  /** Let go of the socket and of whatever was planned. */
  private drop(): void {
    this.generation += 1;
    this.cancelTimer();
    this.pings.clear();
    this.followers.disconnected();
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
  }

  private watch(ms: number, task: () => void): void {
    this.cancelTimer();
    this.cancelTimer = this.surroundings.after(ms, task);
  }

  private become(state: Connection): void {
    this.state = state;
    this.options.onConnection?.(state);
  }
}
