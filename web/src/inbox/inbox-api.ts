/** The hub's HTTP interface of messages and notifications. */

import { call } from "../api.ts";
import { withQuery } from "../shared/http.ts";
import type { ListPage } from "../shared/http.ts";
import type { InboxState, Message, Notification, Recipient } from "./records.ts";

const PAGE_ROWS = 50;

export const readInbox = (): Promise<InboxState> => call<InboxState>("GET", "/inbox");

/** Newest first. */
export const readMessages = (withUser: string, cursor: string | null): Promise<ListPage<Message>> =>
  call("GET", withQuery("/messages", { with_user_id: withUser, sort: "-sequence", limit: PAGE_ROWS, cursor }));

export interface NewMessage {
  readonly receiver_id: string;
  readonly content: string;
  /** Sent twice with one of these, it is stored once. */
  readonly client_id: string;
  readonly corrects?: string;
}

export const postMessage = (message: NewMessage): Promise<Message> => call("POST", "/messages", message);

export const markMessageRead = (id: string): Promise<Message> => call("PATCH", `/messages/${id}`, { read: true });

export const findRecipients = (search: string, signal: AbortSignal): Promise<ListPage<Recipient>> =>
  call("GET", withQuery("/messages/recipients", { search }), undefined, { signal });

/** Newest first. */
export const readNotifications = (cursor: string | null): Promise<ListPage<Notification>> =>
  call("GET", withQuery("/notifications", { sort: "-sequence", limit: PAGE_ROWS, cursor }));

export const markNotification = (id: string, read: boolean): Promise<Notification> =>
  call("PATCH", `/notifications/${id}`, { read });

/** Mark what is there up to `sequence`, and nothing that came after. */
export const markNotificationsRead = (sequence: number): Promise<{ readonly marked: number }> =>
  call("POST", "/notifications/read", { up_to_sequence: sequence });
