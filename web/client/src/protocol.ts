/** The live wire protocol v1 as types, and the one place that turns text into them. */

export type UnitRow = readonly [id: number, plateNumber: string, driverName: string | null, status: string];

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

export interface Welcome {
  readonly type: "welcome";
  readonly session: string;
  readonly server_time: number;
  readonly heartbeat_s: number;
}

export interface Snapshot {
  readonly type: "snapshot";
  readonly channel: string;
  readonly epoch: string;
  readonly offset: number;
  readonly server_time: number;
  readonly set: Tables;
}

export interface Delta {
  readonly type: "delta";
  readonly channel: string;
  readonly epoch: string;
  readonly base: number;
  readonly offset: number;
  readonly server_time: number;
  readonly set?: Tables;
  readonly removed?: { readonly units?: readonly number[]; readonly fixes?: readonly number[] };
}

export interface Refusal {
  readonly type: "error";
  readonly code: string;
  readonly detail: string;
  readonly channel?: string;
}

export type HubMessage = Welcome | Snapshot | Delta | Refusal;

export interface Subscribe {
  readonly type: "subscribe";
  readonly channel: string;
  readonly epoch?: string;
  readonly offset?: number;
}

/** What arrived is not a message of this protocol. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  welcome: ["server_time", "heartbeat_s"],
  snapshot: ["offset", "server_time"],
  delta: ["base", "offset", "server_time"],
  error: [],
};

/**
 * Read one text frame. The envelope is checked; the rows come from a hub we trust and are not.
 * @throws ProtocolError when the text is not JSON or not a message of version 1.
 */
export function parseMessage(text: string): HubMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError("not JSON");
  }
  if (typeof value !== "object" || value === null) throw new ProtocolError("not an object");
  const record = value as Record<string, unknown>;
  const numbers = NUMBERS[String(record["type"])];
  if (numbers === undefined) throw new ProtocolError("unknown type");
  for (const field of numbers) {
    if (typeof record[field] !== "number") throw new ProtocolError(`${field} is not a number`);
  }
  if (record["type"] === "snapshot" && (typeof record["set"] !== "object" || record["set"] === null)) {
    throw new ProtocolError("a snapshot without a set");
  }
  return value as HubMessage;
}
