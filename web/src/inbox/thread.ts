/** One conversation as far as it has been read: pure, so that it can be tested without a hub. */

import type { Message, Unsent } from "./records.ts";

export interface Thread {
  /** In the hub's order, oldest first. */
  readonly messages: readonly Message[];
  /** Mine that the hub has not taken yet, in the order of writing. */
  readonly unsent: readonly Unsent[];
  /** Leads to what is older; null when there is nothing, or nothing was read yet. */
  readonly cursor: string | null;
  readonly loaded: boolean;
}

export const EMPTY: Thread = { messages: [], unsent: [], cursor: null, loaded: false };

/** Marks only move forward, so that an answer which was overtaken by an event takes nothing back. */
function newer(one: Message, other: Message): Message {
  return {
    ...other,
    delivered_at: other.delivered_at ?? one.delivered_at,
    read_at: other.read_at ?? one.read_at,
  };
}

/** Put messages in, whatever order and however often they come; what was unsent and is among them is sent. */
export function withMessages(thread: Thread, more: readonly Message[]): Thread {
  const byId = new Map(thread.messages.map((message) => [message.id, message]));
  for (const message of more) {
    const known = byId.get(message.id);
    byId.set(message.id, known === undefined ? message : newer(known, message));
  }
  const sent = new Set(more.flatMap(({ client_id }) => (client_id === null ? [] : [client_id])));
  return {
    ...thread,
    messages: [...byId.values()].sort((one, other) => one.sequence - other.sequence),
    unsent: thread.unsent.filter(({ clientId }) => !sent.has(clientId)),
  };
}

export function withUnsent(thread: Thread, unsent: Unsent): Thread {
  const others = thread.unsent.filter(({ clientId }) => clientId !== unsent.clientId);
  return { ...thread, unsent: [...others, unsent].sort((one, other) => one.writtenAtMs - other.writtenAtMs) };
}

export function withoutUnsent(thread: Thread, clientId: string): Thread {
  return { ...thread, unsent: thread.unsent.filter((unsent) => unsent.clientId !== clientId) };
}

/** What I have not read of it. */
export function unreadOf(thread: Thread, me: string): readonly Message[] {
  return thread.messages.filter((message) => message.receiver_id === me && message.read_at === null);
}
