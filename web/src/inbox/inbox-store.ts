/** Messages and notifications as this page knows them: read once, then kept up by the channel `inbox`. */

import type { EventFeed, HubEvent, Position } from "@arogya/client";
import { Problem } from "../api.ts";
import { newKey } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import { explainProblem } from "../shared/problems.tsx";
import * as hub from "./inbox-api.ts";
import { Notices } from "./notices.ts";
import { otherOf } from "./records.ts";
import type { Conversation, Message, Notification, Person, Unsent } from "./records.ts";
import { EMPTY, unreadOf, withMessages, withoutUnsent, withUnsent } from "./thread.ts";
import type { Thread } from "./thread.ts";

/** Reading marks come in bursts: the counts are asked for once after them. */
const RECOUNT_MS = 400;
/** How long after a failure what could not go is sent again. */
const RESUME_MS = 5_000;
/** What an answer that is none says nothing about: it may be otherwise soon. */
const PASSING: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);
const ON_ITS_WAY = { failure: null, passing: false } as const;

export class Inbox {
  readonly feed: EventFeed = {
    channel: "inbox",
    start: () => this.start(),
    onEvents: (events) => this.take(events),
  };
  readonly notices = new Notices(() => this.changed());
  /** Raised at every change. */
  readonly version = new Observable(0);
  /** What was begun to be written to whom; gone with the page. */
  readonly drafts = new Map<string, string>();
  /** Whether the first state has come. */
  ready = false;
  unreadMessages = 0;
  /** Whose inbox it is; empty before anybody has signed in. */
  private me = "";
  private talks = new Map<string, Conversation>();
  private threads = new Map<string, Thread>();
  /** Events up to here are in the counts. */
  private counted: Position | null = null;
  private recounting: ReturnType<typeof setTimeout> | undefined;
  private resuming: ReturnType<typeof setTimeout> | undefined;

  /** From now on it is the inbox of `me`; nothing of somebody else's stays. */
  begin(me: string): void {
    if (me === this.me) return;
    this.me = me;
    this.ready = false;
    this.unreadMessages = 0;
    this.talks.clear();
    this.threads.clear();
    this.drafts.clear();
    this.notices.reset();
    this.counted = null;
    this.changed();
  }

  /** Newest first. */
  get conversations(): readonly Conversation[] {
    return [...this.talks.values()].sort((one, other) => other.last_message.sequence - one.last_message.sequence);
  }

  personOf(id: string): Person | null {
    return this.talks.get(id)?.user ?? null;
  }

  threadWith(id: string): Thread {
    return this.threads.get(id) ?? EMPTY;
  }

  /** Read the newest messages with somebody, or with `older` those before. Throws `Problem`. */
  async read(id: string, older = false): Promise<void> {
    const cursor = older ? this.threadWith(id).cursor : null;
    const { items, next_cursor } = await hub.readMessages(id, cursor);
    const thread = this.threadWith(id);
    const keeps = !older && thread.loaded && thread.messages.some(({ id: known }) => known === items.at(-1)?.id);
    // a gap between what was known and what came: begin anew, or older messages would be missing in the middle
    const before = older || keeps ? thread : { ...thread, messages: [] };
    this.put(id, { ...withMessages(before, items), cursor: keeps ? thread.cursor : next_cursor, loaded: true });
  }

  /** Send a message; it stands in the conversation at once, and stays there with the reason when it cannot go. */
  async send(to: string, content: string, corrects: string | null = null): Promise<void> {
    await this.post(to, { clientId: newKey(), content, corrects, writtenAtMs: Date.now(), ...ON_ITS_WAY });
  }

  async resend(to: string, unsent: Unsent): Promise<void> {
    await this.post(to, { ...unsent, ...ON_ITS_WAY });
  }

  discard(to: string, unsent: Unsent): void {
    this.put(to, withoutUnsent(this.threadWith(to), unsent.clientId));
  }

  /** Send what could not go while the hub was away: it is there again, or it is time to look. */
  resume(): void {
    clearTimeout(this.resuming);
    for (const [id, { unsent }] of this.threads) {
      for (const one of unsent) if (one.passing) void this.resend(id, one);
    }
  }

  /** Tell the hub that everything that is shown of a conversation has been read. */
  async markRead(id: string): Promise<void> {
    const unread = unreadOf(this.threadWith(id), this.me);
    const readAt = new Date().toISOString();
    const marked = unread.map((message) => ({ ...message, delivered_at: message.delivered_at ?? readAt, read_at: readAt }));
    if (unread.length === 0) return;
    this.put(id, withMessages(this.threadWith(id), marked));
    this.count(id, -unread.length);
    try {
      for (const message of unread) await hub.markMessageRead(message.id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // the next recount says what the hub knows
    }
    this.recountSoon();
  }

  private async post(to: string, unsent: Unsent): Promise<void> {
    this.put(to, withUnsent(this.threadWith(to), unsent));
    const { clientId, content, corrects } = unsent;
    try {
      const message = { receiver_id: to, content, client_id: clientId, ...(corrects === null ? {} : { corrects }) };
      this.put(to, withMessages(this.threadWith(to), [await hub.postMessage(message)]));
      this.recountSoon();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (this.threadWith(to).unsent.some((one) => one.clientId === clientId)) {
        const passing = PASSING.has(error.status);
        if (passing) this.resumeSoon();
        this.put(to, withUnsent(this.threadWith(to), { ...unsent, failure: explainProblem(error), passing }));
      }
    }
  }

  /** The state, from which the events go on: also after an absence for which the hub has no events any more. */
  private async start(): Promise<Position> {
    const position = await this.recount();
    const open = [...this.threads.entries()];
    await Promise.all(open.filter(([, { loaded }]) => loaded).map(([id]) => this.read(id)));
    if (this.notices.loaded) await this.notices.read();
    return position;
  }

  private async recount(): Promise<Position> {
    const me = this.me;
    const state = await hub.readInbox();
    const position = { epoch: state.epoch, offset: state.offset };
    if (me !== this.me) return position;
    this.talks = new Map(state.conversations.map((talk) => [talk.user.id, talk]));
    this.unreadMessages = state.unread_messages;
    this.notices.unread = state.unread_notifications;
    this.counted = position;
    this.ready = true;
    this.changed();
    return position;
  }

  /** Also where the live connection never noticed that the hub was away. */
  private resumeSoon(): void {
    clearTimeout(this.resuming);
    this.resuming = setTimeout(() => this.resume(), RESUME_MS);
  }

  private recountSoon(): void {
    clearTimeout(this.recounting);
    this.recounting = setTimeout(() => void this.recount().catch(() => undefined), RECOUNT_MS);
  }

  private take(events: readonly HubEvent[]): void {
    for (const event of events) {
      const isNew = this.counted === null || event.offset > this.counted.offset;
      const { kind, body } = event;
      if (kind === "message") this.arrive(body as unknown as Message, isNew);
      if (kind === "message_changed") this.alter(body as unknown as Message);
      if (kind === "notification") this.notices.arrive(body as unknown as Notification, isNew);
      if (kind === "notification_changed") {
        this.notices.alter(body as unknown as Notification);
        this.recountSoon();
      }
    }
    this.changed();
  }

  private arrive(message: Message, isNew: boolean): void {
    const id = otherOf(message, this.me);
    this.put(id, withMessages(this.threadWith(id), [message]));
    const talk = this.talks.get(id);
    if (talk === undefined) return this.recountSoon(); // somebody new, whose name the event does not say
    if (!isNew) return;
    this.talks.set(id, { ...talk, last_message: message });
    if (message.receiver_id === this.me && message.read_at === null) this.count(id, 1);
  }

  private alter(message: Message): void {
    const id = otherOf(message, this.me);
    const thread = this.threadWith(id);
    if (thread.messages.some((known) => known.id === message.id)) this.put(id, withMessages(thread, [message]));
    const talk = this.talks.get(id);
    if (talk?.last_message.id === message.id) this.talks.set(id, { ...talk, last_message: message });
    if (message.receiver_id === this.me) this.recountSoon();
  }

  private count(id: string, by: number): void {
    const talk = this.talks.get(id);
    if (talk !== undefined) this.talks.set(id, { ...talk, unread: Math.max(0, talk.unread + by) });
    this.unreadMessages = Math.max(0, this.unreadMessages + by);
    this.changed();
  }

  private put(id: string, thread: Thread): void {
    this.threads.set(id, thread);
    this.changed();
  }

  private changed(): void {
    this.version.set(this.version.value + 1);
  }
}

/** The inbox of whoever is signed in on this page. */
export const inbox = new Inbox();
