/** How components follow the inbox, and how it is kept up while no other page does that. */

import { LiveClient } from "@arogya/client";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { User } from "../api.ts";
import { drawTicket, liveUrl } from "../fleet-store.ts";
import { useObserved } from "../shared/observable.ts";
import { setBadge } from "../shell/badges.ts";
import { sessionHasEnded, useRenewals } from "../shell/session-end.ts";
import { inbox } from "./inbox-store.ts";
import type { Inbox } from "./inbox-store.ts";

/** The inbox; whoever uses it is drawn again at its changes. */
export function useInbox(): Inbox {
  useObserved(inbox.version);
  return inbox;
}

/** What waits to be read. */
function useUnread(): number {
  const { unreadMessages, notices } = useInbox();
  return unreadMessages + notices.unread;
}

/** Say in the menu what waits; while `active`, follow the inbox on a connection of its own; a page with a live picture does it on that one. */
export function useInboxLive(user: User, active: boolean): void {
  const renewals = useRenewals();
  const unread = useUnread();
  useEffect(() => setBadge("/inbox", unread), [unread]);
  useLayoutEffect(() => inbox.begin(user.id), [user.id]);
  useEffect(() => {
    if (!active) return undefined;
    const live = new LiveClient({
      url: liveUrl(location),
      ticket: drawTicket,
      channel: null,
      events: [inbox.feed],
      onConnection: ({ phase }) => {
        if (phase === "signed_out") sessionHasEnded();
        if (phase === "live") inbox.resume();
      },
    });
    live.start();
    return () => live.stop();
  }, [active, user.id, renewals]);
}
