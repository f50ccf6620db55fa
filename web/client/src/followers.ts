/** What is followed on a connection beside the picture: feeds of events and of states, which may come and go. */

import type { EventFeed } from "./feed.ts";
import { Follower } from "./follower.ts";
import type { HubMessage, Subscribe } from "./protocol.ts";
import { StateFollower } from "./state.ts";
import type { StateFeed } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

type Send = (request: Subscribe) => void;

export class Followers {
  private readonly byChannel = new Map<string, Follower | StateFollower>();
  /** Sends on the connection that stands; null between connections. */
  private send: Send | null = null;

  constructor(events: readonly EventFeed[], states: readonly StateFeed[], surroundings: Pick<Surroundings, "after">) {
    for (const feed of events) this.byChannel.set(feed.channel, new Follower(feed, surroundings));
    for (const feed of states) this.byChannel.set(feed.channel, new StateFollower(feed));
  }

  connected(send: Send): void {
    this.send = send;
    for (const follower of this.byChannel.values()) follower.connected(send);
  }

  disconnected(): void {
    this.send = null;
    for (const follower of this.byChannel.values()) follower.disconnected();
  }

  /** Follow one more state, from now on; instead of one of the same channel. */
  follow(feed: StateFeed): void {
    this.byChannel.get(feed.channel)?.disconnected();
    const follower = new StateFollower(feed);
    this.byChannel.set(feed.channel, follower);
    if (this.send !== null) follower.connected(this.send);
  }

  /** Give a channel up; tells whether it was followed. */
  leave(channel: string): boolean {
    this.byChannel.get(channel)?.disconnected();
    return this.byChannel.delete(channel);
  }

  receive(message: HubMessage): void {
    if (!("channel" in message) || message.channel === undefined) return;
    const follower = this.byChannel.get(message.channel);
    if (follower instanceof StateFollower) follower.receive(message);
    else if (message.type === "events" || message.type === "error") follower?.receive(message);
  }
}
