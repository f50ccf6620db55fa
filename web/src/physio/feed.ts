/** Physio sessions as they happen: one connection for all that a page watches, and an observable of each. */

import { LiveClient } from "@arogya/client";
import type { Connection, StateChange, StateFeed, StateTables } from "@arogya/client";
import { useEffect, useState } from "preact/hooks";
import { drawTicket, liveUrl } from "../fleet-store.ts";
import { Observable, useObserved } from "../shared/observable.ts";
import { sessionHasEnded, useRenewals } from "../shell/session-end.ts";
import { repetitionOf, sessionOf } from "./live.ts";
import type { LiveRepetition, LiveSession, RepetitionRow } from "./live.ts";

/** One session: what is known of it now, and who is told of each repetition. */
export class PhysioFeed implements StateFeed {
  /** Null until the first picture is here; it stays, as it was, while the connection is away. */
  readonly session = new Observable<LiveSession | null>(null);
  /** The hub has ended it or refused it: this account may not watch the session, or not any more. */
  readonly refused = new Observable(false);
  private readonly listeners = new Set<(repetition: LiveRepetition) => void>();
  /** Repetitions that were told, by joint and number: a correction of one is no new one. */
  private readonly told = new Set<string>();

  constructor(readonly id: string) {}

  get channel(): string {
    return `physio:${this.id}`;
  }

  /** Call `listener` once with each repetition that happens from now on; the returned function ends that. */
  onRepetition(listener: (repetition: LiveRepetition) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onState(tables: StateTables, { whole, set }: StateChange): void {
    this.refused.set(false);
    this.session.set(sessionOf(this.id, tables));
    for (const row of set["repetitions"] ?? []) {
      const one = row as unknown as RepetitionRow;
      const joint = String(tables.get("joints")?.get(one[1])?.[1] ?? "");
      const name = `${joint} ${one[2]}`;
      if (this.told.has(name)) continue;
      this.told.add(name);
      if (!whole) for (const listener of [...this.listeners]) listener(repetitionOf(one, joint));
    }
  }

  onRefused(): void {
    this.refused.set(true);
  }
}

/** The sessions that a page watches, on one connection. */
export class PhysioLive {
  readonly connection: Observable<Connection>;
  private readonly feeds = new Map<string, PhysioFeed>();
  private readonly client: LiveClient;

  constructor(url: string, onSignedOut: () => void) {
    this.client = new LiveClient({
      url,
      ticket: drawTicket,
      channel: null,
      onConnection: (connection) => {
        this.connection.set(connection);
        if (connection.phase === "signed_out") onSignedOut();
      },
    });
    this.connection = new Observable(this.client.connection);
  }

  /** The session's feed; it goes on until it is watched no more. */
  feed(id: string): PhysioFeed {
    const known = this.feeds.get(id);
    if (known !== undefined) return known;
    const feed = new PhysioFeed(id);
    this.feeds.set(id, feed);
    this.client.follow(feed);
    return feed;
  }

  /** Watch exactly these sessions; a connection takes 16. */
  watch(ids: readonly string[]): void {
    for (const id of this.feeds.keys()) {
      if (ids.includes(id)) continue;
      this.client.leave(`physio:${id}`);
      this.feeds.delete(id);
    }
    for (const id of ids) this.feed(id);
  }

  /** The hub's clock, ms since 1970: where the right edge of a live chart is. */
  readonly nowMs = (): number => this.client.clock.nowUs(Date.now()) / 1e3;

  start(): void {
    this.client.start();
  }

  stop(): void {
    this.client.stop();
  }
}

/** A connection for the sessions of a page, which it watches while the page is there; null until it is made. */
export function usePhysioLive(ids: readonly string[]): PhysioLive | null {
  const renewals = useRenewals();
  const [live, setLive] = useState<PhysioLive | null>(null);
  useEffect(() => {
    const made = new PhysioLive(liveUrl(location), sessionHasEnded);
    made.start();
    setLive(made);
    return () => made.stop();
  }, [renewals]);
  useEffect(() => live?.watch(ids), [live, ids.join()]);
  return live;
}

/** What is known of a session now; null until its first picture. The component is drawn again at every change. */
export function usePhysioSession(feed: PhysioFeed): LiveSession | null {
  return useObserved(feed.session);
}
