/** The notifications of an inbox. */

import { markNotification, markNotificationsRead, readNotifications } from "./inbox-api.ts";
import type { Notification } from "./records.ts";

export class Notices {
  /** Newest first, as far as they have been read from the hub. */
  items: readonly Notification[] = [];
  unread = 0;
  /** Leads to older ones. */
  cursor: string | null = null;
  loaded = false;

  constructor(private readonly changed: () => void) {}

  reset(): void {
    this.items = [];
    this.unread = 0;
    this.cursor = null;
    this.loaded = false;
  }

  /** Throws `Problem`. */
  async read(older = false): Promise<void> {
    const { items, next_cursor } = await readNotifications(older ? this.cursor : null);
    this.items = older ? [...this.items, ...items] : items;
    this.cursor = next_cursor;
    this.loaded = true;
    this.changed();
  }

  /** Mark one, and believe the hub on how it is then. Throws `Problem`. */
  async mark(id: string, read: boolean): Promise<void> {
    const before = this.items.find((item) => item.id === id);
    if (before === undefined || before.read === read) return;
    this.replace({ ...before, read });
    try {
      this.replace(await markNotification(id, read));
    } catch (error) {
      this.replace(before);
      throw error;
    }
  }

  /** Mark all that are shown, and nothing that came after them; returns the ids that were unread. Throws `Problem`. */
  async markAll(): Promise<readonly string[]> {
    const newest = this.items[0];
    if (newest === undefined) return [];
    const ids = this.items.filter(({ read }) => !read).map(({ id }) => id);
    await markNotificationsRead(newest.sequence);
    this.items = this.items.map((item) => (item.sequence <= newest.sequence ? { ...item, read: true } : item));
    this.unread = 0;
    this.changed();
    return ids;
  }

  arrive(notification: Notification, isNew: boolean): void {
    if (this.items.some(({ id }) => id === notification.id)) return this.alter(notification);
    if (this.loaded) this.items = [notification, ...this.items];
    if (isNew && !notification.read) this.unread += 1;
  }

  alter(notification: Notification): void {
    this.items = this.items.map((item) => (item.id === notification.id ? { ...item, ...notification } : item));
  }

  private replace(notification: Notification): void {
    const before = this.items.find(({ id }) => id === notification.id);
    if (before !== undefined && before.read !== notification.read) this.unread += notification.read ? -1 : 1;
    this.unread = Math.max(0, this.unread);
    this.alter(notification);
    this.changed();
  }
}
