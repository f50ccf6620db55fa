/** Calls, assignments, alerts and messages as this page knows them: read once, then kept up by the channel `dispatch`. */

import type { EventFeed, HubEvent, Position } from "@arogya/client";
import { Observable } from "../shared/observable.ts";
import * as hub from "./board-api.ts";
import { byWorst, stands } from "./picture.ts";
import type { Alert, Assignment, BoardState, Call, CrewMessage, Policy } from "./shapes.ts";

/** How the state is read; the tests bring their own. */
export type ReadBoard = () => Promise<BoardState>;

/** A call that ended so long ago is forgotten, with what belongs to it: a board stays open for days. */
const FORGOTTEN_MS = 3_600_000;

interface Versioned {
  readonly id: string;
  readonly version: number;
}

/** Keep what is newer: an answer may come after the event that followed it. */
function keepNewer<T extends Versioned>(map: Map<string, T>, one: T): void {
  const known = map.get(one.id);
  if (known === undefined || known.version <= one.version) map.set(one.id, one);
}

/** What is set once stays, whatever order the news of it come in. */
function keepAlert(map: Map<string, Alert>, alert: Alert): void {
  const known = map.get(alert.id);
  map.set(alert.id, {
    ...alert,
    resolved_at: alert.resolved_at ?? known?.resolved_at ?? null,
    acknowledged_at: alert.acknowledged_at ?? known?.acknowledged_at ?? null,
    acknowledged_by: alert.acknowledged_by ?? known?.acknowledged_by ?? null,
  });
}

function keepMessage(map: Map<string, CrewMessage>, message: CrewMessage): void {
  const known = map.get(message.id);
  map.set(message.id, {
    ...message,
    delivered_at: message.delivered_at ?? known?.delivered_at ?? null,
    read_at: message.read_at ?? known?.read_at ?? null,
  });
}

export class Board {
  readonly feed: EventFeed = {
    channel: "dispatch",
    start: () => this.start(),
    onEvents: (events) => this.take(events),
    onRefused: () => this.refuse(),
  };
  /** Raised at every change. */
  readonly version = new Observable(0);
  /** Whether the first state has come. */
  ready = false;
  /** This account may not see the board any more. */
  refused = false;
  policy: Policy | null = null;
  readonly calls = new Map<string, Call>();
  readonly assignments = new Map<string, Assignment>();
  readonly alerts = new Map<string, Alert>();
  readonly messages = new Map<string, CrewMessage>();

  constructor(private readonly read: ReadBoard = hub.readBoard) {}

  /** Alarms that nobody has acknowledged: those that are still so, then those that are over; the newest first. */
  get alarms(): readonly Alert[] {
    return [...this.alerts.values()]
      .filter(({ severity, acknowledged_at: at }) => severity === "alarm" && at === null)
      .sort((one, other) => {
        const over = Number(one.resolved_at !== null) - Number(other.resolved_at !== null);
        return over || other.raised_at.localeCompare(one.raised_at);
      });
  }

  /** What is to be looked at beside the alarms, the worst first. */
  get warnings(): readonly Alert[] {
    const open = [...this.alerts.values()].filter((alert) => alert.severity === "warning" && stands(alert));
    return open.sort(byWorst);
  }

  /** What crews have written and nobody has read. */
  get unread(): readonly CrewMessage[] {
    return [...this.messages.values()].filter(({ sender, read_at: at }) => sender === "crew" && at === null);
  }

  /** Oldest first. */
  talkWith(ambulance: number): readonly CrewMessage[] {
    const talk = [...this.messages.values()].filter((message) => message.ambulance.id === ambulance);
    return talk.sort((one, other) => one.received_at.localeCompare(other.received_at));
  }

  putCall(call: Call): void {
    keepNewer(this.calls, call);
    this.changed();
  }

  putAssignment(assignment: Assignment): void {
    keepNewer(this.assignments, assignment);
    this.changed();
  }

  putMessages(messages: readonly CrewMessage[]): void {
    for (const message of messages) keepMessage(this.messages, message);
    this.changed();
  }

  /** Tell everybody that I take care of it. Throws `Problem`. */
  async acknowledge(id: string): Promise<void> {
    keepAlert(this.alerts, await hub.acknowledgeAlert(id));
    this.changed();
  }

  /** The state, from which the events go on: also after an absence for which the hub has no events any more. */
  private async start(): Promise<Position> {
    const state = await this.read();
    const before = { calls: new Map(this.calls), assignments: new Map(this.assignments) };
    for (const map of [this.calls, this.assignments, this.alerts, this.messages]) map.clear();
    for (const { id } of state.requests) this.keepKnown(before.calls.get(id), this.calls);
    for (const { id } of state.assignments) this.keepKnown(before.assignments.get(id), this.assignments);
    for (const call of state.requests) keepNewer(this.calls, call);
    for (const assignment of state.assignments) keepNewer(this.assignments, assignment);
    for (const alert of state.alerts) keepAlert(this.alerts, alert);
    for (const message of state.messages) keepMessage(this.messages, message);
    this.policy = state.policy;
    this.ready = true;
    this.refused = false;
    this.changed();
    return { epoch: state.epoch, offset: state.offset };
  }

  /** An answer to this page may be newer than the state that was read beside it. */
  private keepKnown<T extends Versioned>(known: T | undefined, map: Map<string, T>): void {
    if (known !== undefined) map.set(known.id, known);
  }

  private take(events: readonly HubEvent[]): void {
    for (const { kind, body } of events) {
      const one: unknown = body;
      if (kind === "request") keepNewer(this.calls, one as Call);
      if (kind === "assignment") keepNewer(this.assignments, one as Assignment);
      if (kind === "alert") keepAlert(this.alerts, one as Alert);
      if (kind === "message") keepMessage(this.messages, one as CrewMessage);
    }
    this.forget(Date.now());
    this.changed();
  }

  private forget(nowMs: number): void {
    for (const { id, closed_at: at } of this.calls.values()) {
      if (at !== null && nowMs - Date.parse(at) > FORGOTTEN_MS) this.calls.delete(id);
    }
    for (const one of this.assignments.values()) if (!this.calls.has(one.request_id)) this.assignments.delete(one.id);
    for (const alert of this.alerts.values()) {
      const { resolved_at: at } = alert;
      if (at !== null && !stands(alert) && nowMs - Date.parse(at) > FORGOTTEN_MS) this.alerts.delete(alert.id);
    }
  }

  private refuse(): void {
    this.refused = true;
    this.changed();
  }

  private changed(): void {
    this.version.set(this.version.value + 1);
  }
}
