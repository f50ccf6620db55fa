/** The fleet as the page knows it: the live client and everything that is derived from its picture. */

import { LiveClient, SignedOut } from "@arogya/client";
import type { Change, Connection, EventFeed, Fix, Unit } from "@arogya/client";
import { Alarms } from "./alarms.ts";
import { liveTicket, Problem } from "./api.ts";
import { freshnessOfUnit } from "./freshness.ts";
import type { Freshness } from "./freshness.ts";
import { inbox } from "./inbox/inbox-store.ts";
import { statusOf } from "./status.ts";
import type { Status } from "./status.ts";

/** One ambulance as the list and the details show it. */
export interface Row {
  readonly unit: Unit;
  readonly fix: Fix | null;
  readonly status: Status;
  /** Seconds since the fix; null without one. */
  readonly ageS: number | null;
  readonly freshness: Freshness;
  readonly alarm: boolean;
}

/** A ticket for the next live connection; rejects with `SignedOut` when the session is over. */
export async function drawTicket(): Promise<string> {
  try {
    return await liveTicket();
  } catch (error) {
    if (error instanceof Problem && error.status === 401) throw new SignedOut();
    throw error;
  }
}

export function liveUrl(page: Location): string {
  return `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}/ws/live`;
}

export class FleetStore {
  readonly live: LiveClient;
  readonly alarms = new Alarms();
  private readonly changed = new Set<(change: Change) => void>();
  private readonly connected = new Set<(connection: Connection) => void>();

  /** `feeds`: what else a page follows on this connection. */
  constructor(url: string, feeds: readonly EventFeed[] = []) {
    this.live = new LiveClient({
      url,
      ticket: drawTicket,
      events: [this.alarms.feed, inbox.feed, ...feeds],
      onChange: (change) => {
        for (const listener of this.changed) listener(change);
      },
      onConnection: (connection) => {
        for (const listener of this.connected) listener(connection);
      },
    });
  }

  /** Call `listener` with each change of the picture; the returned function ends that. */
  onChange(listener: (change: Change) => void): () => void {
    this.changed.add(listener);
    return () => this.changed.delete(listener);
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.connected.add(listener);
    return () => this.connected.delete(listener);
  }

  /** The hub's clock now, in µs. */
  nowUs = (): number => this.live.clock.nowUs(Date.now());

  row(id: number): Row | null {
    const unit = this.live.fleet.units.get(id);
    return unit === undefined ? null : this.rowOf(unit, this.nowUs());
  }

  rows(): Row[] {
    const nowUs = this.nowUs();
    return Array.from(this.live.fleet.units.values(), (unit) => this.rowOf(unit, nowUs));
  }

  private rowOf(unit: Unit, nowUs: number): Row {
    const fix = this.live.fleet.fixes.get(unit.id) ?? null;
    const status = statusOf(unit.status);
    const ageS = fix === null ? null : Math.max(0, (nowUs - fix.fixAtUs) / 1e6);
    const freshness = freshnessOfUnit(status.code, ageS);
    return { unit, fix, status, ageS, freshness, alarm: fix !== null && fix.alarmAtUs !== null };
  }
}
