/** Calls for help: the open ones as the hub knows them, who took care of the latest, and doing that oneself. */

import type { EventFeed, HubEvent, Position } from "@arogya/client";
import { call } from "./api.ts";

/** Times in µs since 1970; the place is where the crew called from. */
export interface Alarm {
  readonly id: string;
  readonly ambulanceId: number | null;
  readonly plateNumber: string | null;
  readonly raisedAtUs: number;
  /** It came out of a backlog: the call is older than it is known here. */
  readonly late: boolean;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly acknowledgedAtUs: number | null;
  readonly acknowledgedBy: string | null;
}

/** As `GET /alarms` and acknowledging answer. */
export interface AlarmAnswer {
  readonly id: string;
  readonly ambulance: { readonly id: number; readonly plate_number: string } | null;
  readonly raised_at: string;
  readonly late: boolean;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: { readonly id: string; readonly name: string } | null;
}

export interface AlarmPage extends Position {
  readonly items: readonly AlarmAnswer[];
  readonly next_cursor: string | null;
}

/** How the list is read and an alarm acknowledged; the tests bring their own. */
export interface AlarmSource {
  readonly page: (cursor: string | null) => Promise<AlarmPage>;
  readonly acknowledge: (id: string) => Promise<AlarmAnswer>;
}

const PAGE_ROWS = 200;
/** More open alarms than this are not read: the newest are, and the list says that there are more. */
const PAGES_MAX = 5;
/** Who took care of an alarm stays on the screen for so long. */
export const SETTLED_MS = 60_000;
const SETTLED_MAX = 5;

const HUB: AlarmSource = {
  page: (cursor) =>
    call("GET", `/alarms?open=true&limit=${PAGE_ROWS}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`),
  acknowledge: (id) => call("POST", `/alarms/${encodeURIComponent(id)}/acknowledge`),
};

/** An alarm that somebody took care of while this page looked on. */
export interface Settled {
  readonly alarm: Alarm;
  readonly seenAtMs: number;
}

export class Alarms {
  /** To be followed on the page's one connection. */
  readonly feed: EventFeed = {
    channel: "alarms",
    start: () => this.read(),
    onEvents: (events) => this.take(events),
  };
  private open = new Map<string, Alarm>();
  private done: Settled[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly source: AlarmSource = HUB,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** Nobody has taken care of these; newest first. */
  get waiting(): readonly Alarm[] {
    return [...this.open.values()].sort((one, other) => other.raisedAtUs - one.raisedAtUs);
  }

  /** Taken care of within the last minute, newest first. */
  get settled(): readonly Settled[] {
    const since = this.nowMs() - SETTLED_MS;
    return this.done.filter(({ seenAtMs }) => seenAtMs > since);
  }

  /** Call `listener` at each change; the returned function ends that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tell everybody that I take care of it. The first one stays; throws `Problem` when the hub could not be told. */
  async acknowledge(id: string): Promise<void> {
    this.settle(alarmOf(await this.source.acknowledge(id)));
    this.changed();
  }

  private async read(): Promise<Position> {
    const first = await this.source.page(null);
    const items = [...first.items];
    let cursor = first.next_cursor;
    for (let page = 1; cursor !== null && page < PAGES_MAX; page += 1) {
      const next = await this.source.page(cursor);
      items.push(...next.items);
      cursor = next.next_cursor;
    }
    this.open = new Map(items.map((item) => [item.id, alarmOf(item)]));
    this.changed();
    return { epoch: first.epoch, offset: first.offset };
  }

  private take(events: readonly HubEvent[]): void {
    for (const event of events) {
      const alarm = event.body as unknown as EventBody;
      if (event.kind === "raised" && !this.isSettled(alarm.id)) this.open.set(alarm.id, alarmOfEvent(alarm));
      if (event.kind === "acknowledged") this.settle(alarmOfEvent(alarm));
    }
    this.changed();
  }

  private settle(alarm: Alarm): void {
    this.open.delete(alarm.id);
    if (!this.isSettled(alarm.id)) this.done = [{ alarm, seenAtMs: this.nowMs() }, ...this.done].slice(0, SETTLED_MAX);
  }

  private isSettled(id: string): boolean {
    return this.done.some(({ alarm }) => alarm.id === id);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** As the events of the channel `alarms` carry it. */
interface EventBody {
  readonly id: string;
  readonly ambulance_id: number | null;
  readonly plate_number: string | null;
  readonly raised_at: number;
  readonly late: boolean;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly acknowledged_at: number | null;
  readonly acknowledged_by: string | null;
}

function alarmOfEvent(body: EventBody): Alarm {
  const { id, late, latitude, longitude } = body;
  return {
    id,
    ambulanceId: body.ambulance_id,
    plateNumber: body.plate_number,
    raisedAtUs: body.raised_at,
    late,
    latitude,
    longitude,
    acknowledgedAtUs: body.acknowledged_at,
    acknowledgedBy: body.acknowledged_by,
  };
}

function alarmOf(answer: AlarmAnswer): Alarm {
  const { id, late, latitude, longitude } = answer;
  return {
    id,
    ambulanceId: answer.ambulance?.id ?? null,
    plateNumber: answer.ambulance?.plate_number ?? null,
    raisedAtUs: Date.parse(answer.raised_at) * 1000,
    late,
    latitude,
    longitude,
    acknowledgedAtUs: answer.acknowledged_at === null ? null : Date.parse(answer.acknowledged_at) * 1000,
    acknowledgedBy: answer.acknowledged_by?.name ?? null,
  };
}
