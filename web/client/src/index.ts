/** The public face of @arogya/client. */

export { SignedOut } from "./connection.ts";
export type { Connection, Phase } from "./connection.ts";
export { ServerClock } from "./clock.ts";
export { FeedCursor } from "./feed.ts";
export type { EventFeed, HubEvent } from "./feed.ts";
export { Fleet } from "./fleet.ts";
export type { Change, Fix, Unit } from "./fleet.ts";
export type { Latency } from "./latency.ts";
export { LiveClient } from "./live-client.ts";
export type { LiveOptions } from "./live-client.ts";
export { judge } from "./position.ts";
export type { Position, Verdict } from "./position.ts";
export { parseMessage, ProtocolError } from "./protocol.ts";
export type { Delta, Events, Filter, HubMessage, Part, Snapshot, Subscribe } from "./protocol.ts";
export { here } from "./surroundings.ts";
export type { Socket, Surroundings } from "./surroundings.ts";
export { ChannelRefused, Viewer } from "./viewer.ts";
