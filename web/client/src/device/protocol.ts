/** The device's side of the wire protocol v1 as types, and the one place that turns text into them. */

import { parseObject, ProtocolError } from "../protocol.ts";
import type { Ping, Pong, Refusal } from "../protocol.ts";
import type { WireFix } from "./fix.ts";
import type { ReportAnswer } from "./report.ts";
import type { ReportMessage } from "./reports.ts";
import type { SkipReason } from "./window.ts";

export interface Hello {
  readonly type: "hello";
  readonly streams: readonly { readonly log_id: string; readonly kind: "fixes" }[];
  readonly agent?: string;
}

export interface Data {
  readonly type: "data";
  readonly stream: number;
  readonly seq: number;
  readonly sent_at: number;
  readonly fixes: readonly WireFix[];
}

export interface LiveHint {
  readonly type: "live";
  readonly stream: number;
  readonly seq: number;
  readonly sent_at: number;
  readonly fix: WireFix;
}

export interface Skip {
  readonly type: "skip";
  readonly stream: number;
  readonly from: number;
  readonly to: number;
  readonly reason: SkipReason;
}

export interface CommandAck {
  readonly type: "command_ack";
  readonly id: string;
  readonly status: "done" | "refused";
  readonly detail?: string;
}

export type DeviceMessage = Hello | Data | LiveHint | Skip | CommandAck | ReportMessage | Ping;

export interface DeviceWelcome {
  readonly type: "welcome";
  readonly streams: readonly { readonly log_id: string; readonly stream: number; readonly acked: number }[];
  readonly credit: number;
  readonly heartbeat_s: number;
  readonly server_time: number;
}

export interface Ack {
  readonly type: "ack";
  readonly acks: readonly (readonly [stream: number, seq: number])[];
  readonly credit: number;
}

/** A gap, with `expected`; or one sample that is refused for ever, with `seq`. */
export interface Nack {
  readonly type: "nack";
  readonly stream: number;
  readonly expected?: number;
  readonly seq?: number;
  readonly code?: string;
  readonly detail?: string;
}

/** Something that the hub asks of the device. */
export interface Command {
  readonly type: "command";
  readonly id: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What became of a report. */
export interface ReportAck extends ReportAnswer {
  readonly type: "report_ack";
}

export type ToDevice = DeviceWelcome | Ack | Nack | Command | ReportAck | Refusal | Pong;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** What must hold of each kind before its fields are believed. */
const SOUND: Readonly<Record<string, (message: Record<string, unknown>) => boolean>> = {
  welcome: ({ streams, credit, heartbeat_s }) =>
    Array.isArray(streams) &&
    streams.every((mark: Partial<DeviceWelcome["streams"][number]> | null) => isCount(mark?.stream) && isCount(mark.acked)) &&
    isCount(credit) &&
    typeof heartbeat_s === "number",
  ack: ({ acks, credit }) =>
    Array.isArray(acks) && acks.every((ack: unknown) => Array.isArray(ack) && ack.length === 2 && ack.every(isCount)) && isCount(credit),
  nack: ({ stream, expected, seq }) => isCount(stream) && (isCount(expected) || isCount(seq)),
  command: ({ id, kind, body }) => typeof id === "string" && typeof kind === "string" && typeof body === "object" && body !== null,
  report_ack: ({ id, status }) => typeof id === "string" && (status === "done" || status === "refused"),
  error: ({ code, detail }) => typeof code === "string" && typeof detail === "string",
  pong: ({ id }) => isCount(id),
};

/** @throws ProtocolError when the text is not a message of version 1. */
export function parseToDevice(text: string): ToDevice {
  const record = parseObject(text);
  if (SOUND[String(record["type"])]?.(record) !== true) throw new ProtocolError("not a message to a device");
  return record as unknown as ToDevice;
}
