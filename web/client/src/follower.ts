/** A feed on a connection: reads the state, subscribes from there, and does both again where it must. */

import { FeedCursor } from "./feed.ts";
import type { EventFeed, FeedReaction } from "./feed.ts";
import { REFUSALS } from "./protocol.ts";
import type { Events, Refusal, Subscribe } from "./protocol.ts";
import type { Surroundings } from "./surroundings.ts";

const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;

export class Follower {
  private readonly cursor: FeedCursor;
  /** Sends on the connection that stands; null between connections. */
  private send: ((request: Subscribe) => void) | null = null;
  /** Counts connections and restarts, so that the state read for an old one is not used. */
  private generation = 0;
  private failures = 0;
  private cancelRetry: () => void = () => undefined;

  constructor(
    private readonly feed: EventFeed,
    private readonly surroundings: Pick<Surroundings, "after">,
  ) {
    this.cursor = new FeedCursor(feed.channel);
  }

  get channel(): string {
    return this.feed.channel;
  }

  connected(send: (request: Subscribe) => void): void {
    this.send = send;
    this.failures = 0;
    if (this.cursor.position === null) this.start();
    else send(this.cursor.subscribe(this.cursor.position));
  }

  disconnected(): void {
    this.generation += 1;
    this.send = null;
    this.cancelRetry();
  }

  receive(message: Events | Refusal): void {
    const refused = message.type === "error" && REFUSALS.has(message.code);
    if (refused) return this.feed.onRefused?.(message.code);
    this.react(message.type === "error" ? this.cursor.refuse(message) : this.cursor.receive(message));
  }

  private react({ events, reply, restart }: FeedReaction): void {
    if (restart) this.start();
    if (reply !== undefined) this.send?.(reply);
    if (events !== undefined) this.feed.onEvents(events);
  }

  private start(): void {
    const generation = (this.generation += 1);
    this.cancelRetry();
    this.feed.start().then(
      (position) => {
        if (generation !== this.generation) return;
        this.failures = 0;
        this.send?.(this.cursor.subscribe(position));
      },
      () => {
        if (generation !== this.generation) return;
        this.failures += 1;
        const wait = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** Math.min(this.failures - 1, 10));
        this.cancelRetry = this.surroundings.after(wait, () => this.start());
      },
    );
  }
}
