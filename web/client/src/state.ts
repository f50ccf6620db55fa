/** Following a state channel of any tables: its rows by key, right through lost connections and gaps. */

import { judge } from "./position.ts";
import type { Position } from "./position.ts";
import { ProtocolError, REFUSALS } from "./protocol.ts";
import type { Delta, HubMessage, Part, Refusal, Snapshot, Subscribe } from "./protocol.ts";

/** A row as the hub sends it: its first element is its key. */
export type StateRow = readonly unknown[];
export type StateTables = ReadonlyMap<string, ReadonlyMap<number, StateRow>>;

/** What a message did: the rows that are new or changed, by table. */
export interface StateChange {
  /** After a snapshot: everything may differ, and what is in `set` need not be new. */
  readonly whole: boolean;
  readonly set: Readonly<Record<string, readonly StateRow[]>>;
}

/** What an application says of a state channel that it follows. */
export interface StateFeed {
  readonly channel: string;
  readonly onState: (tables: StateTables, change: StateChange) => void;
  /** The hub ends or refuses it: it is not for this account, not any more, or it is not there. */
  readonly onRefused?: (code: string) => void;
}

interface Rows {
  readonly set?: Readonly<Record<string, readonly StateRow[]>>;
  readonly removed?: Readonly<Record<string, readonly number[]>>;
}

/** The types of the protocol name the tables of the fleet; those of other channels have the same shape. */
const rowsOf = (message: Part | Snapshot | Delta): Rows => message as unknown as Rows;

/** Rows that may wait for the message they belong to. */
const PARTS_MAX = 10_000;

/** A channel's tables at one position, without any I/O. */
export class StateFollower {
  private readonly tables = new Map<string, Map<number, StateRow>>();
  /** Null until the first snapshot; kept over lost connections. */
  private position: Position | null = null;
  /** A subscribe is under way, so that a gap need not ask again. */
  private asking = false;
  private parts: Part[] = [];
  /** Sends on the connection that stands; null between connections. */
  private send: ((request: Subscribe) => void) | null = null;

  constructor(private readonly feed: StateFeed) {}

  get channel(): string {
    return this.feed.channel;
  }

  connected(send: (request: Subscribe) => void): void {
    this.send = send;
    this.subscribe();
  }

  disconnected(): void {
    this.send = null;
    this.parts = [];
  }

  /** @throws ProtocolError for parts without end. */
  receive(message: HubMessage): void {
    if (message.type === "error") this.refuse(message);
    else if (message.type === "part") this.keep(message);
    else if (message.type === "snapshot") this.replace(message);
    else if (message.type === "delta") this.merge(message);
  }

  private subscribe(): void {
    this.asking = true;
    this.parts = [];
    this.send?.({ type: "subscribe", channel: this.channel, ...this.position });
  }

  private refuse({ code }: Refusal): void {
    if (REFUSALS.has(code)) return this.feed.onRefused?.(code);
    if (code !== "resync") return;
    this.position = null;
    this.subscribe();
  }

  private keep(part: Part): void {
    if (this.parts.length >= PARTS_MAX) throw new ProtocolError("parts without end");
    this.parts.push(part);
  }

  private replace(snapshot: Snapshot): void {
    this.tables.clear();
    this.take(rowsOf(snapshot));
    this.stand(snapshot);
    this.feed.onState(this.tables, { whole: true, set: rowsOf(snapshot).set ?? {} });
  }

  private merge(delta: Delta): void {
    const verdict = judge(this.position, delta);
    if (verdict === "resync") {
      if (!this.asking) this.subscribe();
      return;
    }
    if (verdict === "ignore") {
      this.asking = false;
      this.parts = [];
      return;
    }
    const rows = rowsOf(delta);
    this.take(rows);
    this.stand(delta);
    this.feed.onState(this.tables, { whole: false, set: rows.set ?? {} });
  }

  /** The parts that came before, then the rows of the message that completes them. */
  private take(own: Rows): void {
    for (const { set, removed } of [...this.parts.map(rowsOf), own]) {
      for (const [name, keys] of Object.entries(removed ?? {})) for (const key of keys) this.tables.get(name)?.delete(key);
      for (const [name, rows] of Object.entries(set ?? {})) this.put(name, rows);
    }
    this.parts = [];
  }

  private put(name: string, rows: readonly StateRow[]): void {
    const table = this.tables.get(name) ?? new Map<number, StateRow>();
    for (const row of rows) table.set(row[0] as number, row);
    this.tables.set(name, table);
  }

  private stand({ epoch, offset }: Position): void {
    this.asking = false;
    this.position = { epoch, offset };
  }
}
