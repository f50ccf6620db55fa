/** A live viewer that stays right by itself: connects, resyncs, reconnects, and keeps the last picture meanwhile. */

import { delayMs } from "./backoff.ts";
import { ServerClock } from "./clock.ts";
import { IDLE, SignedOut } from "./connection.ts";
import type { Connection } from "./connection.ts";
import type { Change, Fleet } from "./fleet.ts";
import { parseMessage, ProtocolError } from "./protocol.ts";
import type { HubMessage, Refusal } from "./protocol.ts";
import { browser } from "./surroundings.ts";
import type { Socket, Surroundings } from "./surroundings.ts";
import { Viewer } from "./viewer.ts";

export interface LiveOptions {
  /** The hub's `/ws/live`, ws: or wss:. */
  readonly url: string;
  /** Draws a new single-use ticket for each connection; rejects with `SignedOut` when the session is over. */
  readonly ticket: () => Promise<string>;
  readonly channel?: string;
  readonly onChange?: (change: Change) => void;
  readonly onConnection?: (connection: Connection) => void;
  readonly surroundings?: Surroundings;
}

/** Longest wait for a handshake with its first picture, or for the answer to a probe. */
const ANSWER_MS = 8_000;
/** Silence after which the hub is asked whether it is still there; a browser cannot send pings. */
const QUIET_MS = 10_000;

/** Error codes that say: no such channel, or not for this account (the two are not told apart). */
const REFUSALS = new Set(["not_found", "forbidden"]);

export class LiveClient {
  readonly clock = new ServerClock();
  private readonly viewer: Viewer;
  private readonly surroundings: Surroundings;
  /** The open or opening socket; messages of any other are stale. */
  private socket: Socket | null = null;
  /** Counts connection attempts, so that a slow ticket of an old one is not used. */
  private generation = 0;
  /** Cancels the one pending timer: the retry while waiting, else the watch for silence. */
  private cancelTimer: () => void = () => undefined;
  private state: Connection = IDLE;
  /** Local ms of the newest moment at which the picture was known to be in sync; null before the first. */
  private pictureAt: number | null = null;

  constructor(private readonly options: LiveOptions) {
    this.viewer = new Viewer(options.channel ?? "fleet");
    this.surroundings = options.surroundings ?? browser;
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

  start(): void {
    if (this.state.phase === "idle" || this.state.phase === "stopped") this.connect();
  }

  /** Try now instead of at the end of the wait: the network is back, or a person asked. */
  retryNow(): void {
    if (this.state.phase === "waiting") this.connect();
  }

  /** Ask at once whether the hub is still there: the machine woke up, or the network changed. */
  probe(): void {
    if (this.state.phase === "live") this.ask();
  }

  stop(): void {
    this.drop();
    this.become({ ...IDLE, phase: "stopped" });
  }

  private connect(): void {
    this.drop();
    this.become({ ...this.state, phase: "connecting", retryAtMs: null });
    const generation = this.generation;
    this.watch(ANSWER_MS, () => this.lose(0));
    this.options.ticket().then(
      (ticket) => {
        if (generation === this.generation) this.open(ticket);
      },
      (error: unknown) => {
        if (generation !== this.generation) return;
        if (error instanceof SignedOut) this.signOut();
        else this.lose(0);
      },
    );
  }

  private open(ticket: string): void {
    const socket = this.surroundings.open(this.options.url, ["hub.v1", `ticket.${ticket}`]);
    this.socket = socket;
    this.clock.reset();
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lose(event.code);
    };
  }

  private receive(data: unknown): void {
    let message: HubMessage;
    try {
      message = parseMessage(String(data));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return this.lose(0);
    }
    if ("server_time" in message) this.clock.observe(message.server_time, this.surroundings.now());
    if (message.type === "welcome") return this.ask();
    const reaction = this.viewer.receive(message);
    if (reaction.reply !== undefined) return this.send(reaction.reply);
    if (message.type === "error") return this.refuse(message);
    this.inSync();
    if (reaction.change !== undefined) this.options.onChange?.(reaction.change);
  }

  private inSync(): void {
    if (this.viewer.waiting) return;
    this.pictureAt = this.surroundings.now();
    if (this.state.phase !== "live") this.become({ ...IDLE, phase: "live" });
    this.watch(QUIET_MS, () => this.ask());
  }

  private ask(): void {
    this.send(this.viewer.subscribe());
  }

  private send(request: object): void {
    this.socket?.send(JSON.stringify(request));
    this.watch(ANSWER_MS, () => this.lose(0));
  }

  private lose(closeCode: number): void {
    this.drop();
    const attempt = this.state.attempt + 1;
    const wait = delayMs(attempt, closeCode, this.surroundings.random());
    this.become({ phase: "waiting", attempt, closeCode, retryAtMs: this.surroundings.now() + wait });
    this.watch(wait, () => this.connect());
  }

  private signOut(): void {
    this.drop();
    this.become({ ...this.state, phase: "signed_out", retryAtMs: null });
  }

  /** A refused subscription stays refused; whatever else the hub complains of, the connection goes on. */
  private refuse(refusal: Refusal): void {
    if (refusal.channel !== this.viewer.channel || !REFUSALS.has(refusal.code)) return;
    this.drop();
    this.become({ ...this.state, phase: "refused", retryAtMs: null });
  }

  /** Let go of the socket and of whatever was planned. */
  private drop(): void {
    this.generation += 1;
    this.cancelTimer();
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
