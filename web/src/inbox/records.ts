/** What an inbox is made of, as the hub shows it. */

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export interface Message {
  readonly id: string;
  readonly sender_id: string;
  readonly receiver_id: string;
  readonly content: string;
  readonly sent_at: string;
  /** The hub's order. */
  readonly sequence: number;
  readonly client_id: string | null;
  readonly delivered_at: string | null;
  readonly read_at: string | null;
  /** The message that this one corrects. */
  readonly corrects: string | null;
}

export interface Conversation {
  readonly user: Person;
  readonly last_message: Message;
  readonly unread: number;
}

export interface Notification {
  readonly id: string;
  readonly message: string;
  readonly type: string;
  readonly created_at: string;
  readonly read: boolean;
  readonly sequence: number;
}

/** As `GET /inbox` answers. */
export interface InboxState {
  readonly unread_messages: number;
  readonly unread_notifications: number;
  readonly conversations: readonly Conversation[];
  readonly epoch: string;
  readonly offset: number;
}

/** Somebody to write to, and why that is allowed. */
export interface Recipient extends Person {
  readonly relation: string;
}

/** A message of mine that the hub has not taken yet. */
export interface Unsent {
  readonly clientId: string;
  readonly content: string;
  readonly corrects: string | null;
  readonly writtenAtMs: number;
  /** Why it did not go; null while it is on its way. */
  readonly failure: string | null;
  /** It goes by itself as soon as the hub is there again. */
  readonly passing: boolean;
}

/** What the hub takes (`messages_content_length`), in code points. */
export const CHARACTERS_MAX = 4_000;

export function countCharacters(text: string): number {
  return text.length <= CHARACTERS_MAX / 2 ? text.length : Array.from(text).length;
}

/** Whom a message of `me` is with. */
export function otherOf(message: Message, me: string): string {
  return message.sender_id === me ? message.receiver_id : message.sender_id;
}

export type Mark = "sent" | "delivered" | "read";

export function markOf(message: Message): Mark {
  return message.read_at !== null ? "read" : message.delivered_at !== null ? "delivered" : "sent";
}

const ROLES: Readonly<Record<string, string>> = {
  patient: "Patient",
  doctor: "Doctor",
  staff: "Staff",
  admin: "Administrator",
};

export function roleWord(role: string): string {
  return ROLES[role] ?? role;
}
