/** The live wire protocol v1 as types, and the one place that turns text into them. */

/** What the unit can do and its call come with newer hubs; rows may grow at their end. */
export type UnitRow = readonly [
  id: number,
  plateNumber: string,
  driverName: string | null,
  status: string,
  capability?: string | null,
  requestId?: string | null,
  stage?: string | null,
  priority?: number | null,
  etaAtUs?: number | null,
];

export type FixRow = readonly [
  id: number,
  latitude: number,
  longitude: number,
  speed: number | null,
  heading: number | null,
  accuracy: number | null,
  fixAtUs: number,
  alarmAtUs: number | null,
];

export interface Tables {
  readonly units?: readonly UnitRow[];
  readonly fixes?: readonly FixRow[];
}

/** Some of a channel's rows: those that are new or changed, and the keys of those that are gone. */
export interface Rows {
  readonly set?: Tables;
  readonly removed?: { readonly units?: readonly number[]; readonly fixes?: readonly number[] };
}

/** Which ambulances of `fleet` to follow: those that meet every condition that is given, of which there is one at least. */
export interface Filter {
  /** 1 to 8 of the documented status words. */
  readonly status?: readonly string[];
  /** 1 to 200 ambulances. */
  readonly ids?: readonly number[];
  /** Degrees; west > east crosses the antimeridian. The hub answers with whole map tiles: a little more than asked for. */
  readonly area?: readonly [south: number, west: number, north: number, east: number];
}

export interface Welcome {
  readonly type: "welcome";
  readonly session: string;
  readonly server_time: number;
  readonly heartbeat_s: number;
}

/** Rows that belong to the snapshot or delta of this channel that follows. */
export interface Part extends Rows {
  readonly type: "part";
  readonly channel: string;
}

export interface Snapshot {
  readonly type: "snapshot";
  readonly channel: string;
  readonly epoch: string;
  readonly offset: number;
  readonly server_time: number;
  readonly set: Tables;
}

export interface Delta extends Rows {
  readonly type: "delta";
  readonly channel: string;
  readonly epoch: string;
  readonly base: number;
  readonly offset: number;
  readonly server_time: number;
}

export type EventRow = readonly [offset: number, atUs: number, kind: string, body: Readonly<Record<string, unknown>>];

/** The events of a channel after `base` and up to `offset`, all of them. */
export interface Events {
  readonly type: "events";
  readonly channel: string;
  readonly epoch: string;
  readonly base: number;
  readonly offset: number;
  readonly server_time: number;
  readonly events: readonly EventRow[];
}

export interface Pong {
  readonly type: "pong";
  readonly id: number;
  readonly server_time: number;
}

export interface Refusal {
  readonly type: "error";
  readonly code: string;
  readonly detail: string;
  readonly channel?: string;
}

export type HubMessage = Welcome | Part | Snapshot | Delta | Events | Pong | Refusal;

export interface Subscribe {
  readonly type: "subscribe";
  readonly channel: string;
  readonly epoch?: string;
  readonly offset?: number;
  readonly filter?: Filter;
}

export interface Ping {
  readonly type: "ping";
  readonly id: number;
}

/** Error codes that say of a channel: there is none, or it is not for this account (the two are not told apart). */
export const REFUSALS: ReadonlySet<string> = new Set(["not_found", "forbidden"]);

/** What arrived is not a message of this protocol. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  welcome: ["server_time", "heartbeat_s"],
  part: [],
  snapshot: ["offset", "server_time"],
  delta: ["base", "offset", "server_time"],
  events: ["base", "offset", "server_time"],
  pong: ["id", "server_time"],
  error: [],
};

/**
 * Read one text frame. The envelope is checked; the rows come from a hub we trust and are not.
 * @throws ProtocolError when the text is not JSON or not a message of version 1.
 */
export function parseMessage(text: string): HubMessage {
  const record = parseObject(text);
  const numbers = NUMBERS[String(record["type"])];
  if (numbers === undefined) throw new ProtocolError("unknown type");
  for (const field of numbers) {
    if (typeof record[field] !== "number") throw new ProtocolError(`${field} is not a number`);
  }
  if (record["type"] === "snapshot" && (typeof record["set"] !== "object" || record["set"] === null)) {
    throw new ProtocolError("a snapshot without a set");
  }
  if (record["type"] === "events" && !Array.isArray(record["events"])) throw new ProtocolError("events without events");
  return record as unknown as HubMessage;
}

/** @throws ProtocolError when the text is not a JSON object. */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError("not JSON");
  }
  if (typeof value !== "object" || value === null) throw new ProtocolError("not an object");
  return value as Record<string, unknown>;
}
