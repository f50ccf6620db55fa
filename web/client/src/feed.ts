/** Following a channel of events: every one of them once and in order, over lost connections. */

import type { Position } from "./position.ts";
import type { EventRow, Events, Refusal, Subscribe } from "./protocol.ts";

/** Something that happened, `atUs` in microseconds since 1970 by the hub's clock. */
export interface HubEvent {
  readonly offset: number;
  readonly atUs: number;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an application says of a channel of events that it follows. */
export interface EventFeed {
  readonly channel: string;
  /**
   * Read the state that the events change, and return the position that it is of. Called at the start, and again
   * whenever the hub cannot go on from where this feed is: whatever was known before may have changed unseen. Null where
   * each event says everything: it begins with the newest.
   */
  readonly start: () => Promise<Position | null>;
  readonly onEvents: (events: readonly HubEvent[]) => void;
  /** This account may not follow the channel, or there is none: nothing more comes of this feed on this connection. */
  readonly onRefused?: (code: string) => void;
}

/** What a message led to. */
export interface FeedReaction {
  readonly events?: readonly HubEvent[];
  readonly reply?: Subscribe;
  /** The state has to be read again before this feed can go on. */
  readonly restart?: true;
}

/** Where a feed is, without any I/O. */
export class FeedCursor {
  /** The newest event that was handed on; null until the state has been read. */
  position: Position | null = null;
  /** A subscribe is under way, so that a gap need not ask again. */
  private asking = false;
  /** What comes next says where I am. */
  private fresh = false;

  constructor(readonly channel: string) {}

  subscribe(position: Position | null): Subscribe {
    this.position = position;
    this.asking = true;
    this.fresh = position === null;
    return { type: "subscribe", channel: this.channel, ...position };
  }

  receive(message: Events): FeedReaction {
    const mine = this.position ?? (this.fresh ? { epoch: message.epoch, offset: message.base } : null);
    if (mine === null) return {};
    if (message.epoch !== mine.epoch) return this.restart();
    if (message.base > mine.offset) return this.asking ? {} : { reply: this.subscribe(mine) };
    this.asking = this.fresh = false;
    this.position = mine;
    if (message.offset <= mine.offset) return {};
    this.position = { epoch: mine.epoch, offset: message.offset };
    return { events: message.events.map(eventOf).filter((event) => event.offset > mine.offset) };
  }

  refuse(refusal: Refusal): FeedReaction {
    return refusal.code === "resync" ? this.restart() : {};
  }

  private restart(): FeedReaction {
    this.position = null;
    this.fresh = false;
    return { restart: true };
  }
}

function eventOf([offset, atUs, kind, body]: EventRow): HubEvent {
  return { offset, atUs, kind, body };
}
