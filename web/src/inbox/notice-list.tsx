/** Notifications: what the hub wants one to know. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import type { IconName } from "../icons.tsx";
import { EmptyState } from "../shared/data-table.tsx";
import { explainProblem, Failure } from "../shared/problems.tsx";
import { toast } from "../shared/toast.tsx";
import { sayAgo, sayMoment } from "../shared/words.ts";
import { inbox } from "./inbox-store.ts";
import { useInbox } from "./inbox-hooks.ts";
import type { Notification } from "./records.ts";

const ICONS: readonly (readonly [sign: RegExp, icon: IconName])[] = [
  [/exercise/, "exercise"],
  [/appointment|booking|session|visit|reminder|slot|waitlist/, "calendar"],
  [/ambulance|request|dispatch/, "ambulance"],
  [/glass|access|record|security|password|totp|second/, "shield"],
  [/message/, "mail"],
  [/plan|rehab/, "book"],
];

/** Where something is to be done about it. */
const WAYS: Readonly<Record<string, { readonly href: string; readonly label: string }>> = {
  exercise_due: { href: "/exercise", label: "To my exercises" },
};

function iconOf(type: string): IconName {
  return ICONS.find(([sign]) => sign.test(type))?.[1] ?? "dot";
}

/** Mark one way or the other, and say why not. */
async function mark(notification: Notification, read: boolean): Promise<void> {
  try {
    await inbox.notices.mark(notification.id, read);
  } catch (error) {
    toast(explainProblem(error));
  }
}

async function markAll(): Promise<void> {
  const { notices } = inbox;
  const { unread } = notices;
  try {
    const ids = await notices.markAll();
    // only what is in sight can be taken back one by one
    const undo = ids.length < unread ? null : () => void unmark(ids);
    toast(unread === 1 ? "Marked one as read" : `Marked ${unread} as read`, undo);
  } catch (error) {
    toast(explainProblem(error));
  }
}

async function unmark(ids: readonly string[]): Promise<void> {
  try {
    for (const id of ids) await inbox.notices.mark(id, false);
  } catch (error) {
    toast(explainProblem(error));
  }
}

export function NoticeList(): JSX.Element {
  const { notices } = useInbox();
  const [problem, setProblem] = useState<Problem | null>(null);
  const read = (older: boolean): void => {
    setProblem(null);
    notices.read(older).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    });
  };
  useEffect(() => {
    if (!notices.loaded) read(false);
  }, []);
  if (problem !== null && !notices.loaded) return <Failure error={problem} onRetry={() => read(false)} />;
  if (!notices.loaded) return <p class="inbox__wait">Asking the hub…</p>;
  if (notices.items.length === 0) {
    return (
      <EmptyState
        title="Nothing to tell you"
        text="Reminders, changes of visits and whatever else concerns you stand here, and the number in the menu says how many are new."
      />
    );
  }
  return (
    <section class="notices" aria-label="Notifications">
      <div class="notices__head">
        <p role="status">{notices.unread === 0 ? "All read" : `${notices.unread} unread`}</p>
        <button class="button button--small" type="button" disabled={notices.unread === 0} onClick={() => void markAll()}>
          <Icon name="check" />
          Mark all as read
        </button>
      </div>
      <ul class="notices__list">
        {notices.items.map((item) => (
          <Notice key={item.id} notification={item} />
        ))}
      </ul>
      {problem !== null && <Failure error={problem} onRetry={() => read(true)} />}
      {notices.cursor !== null && (
        <button class="button button--small" type="button" onClick={() => read(true)}>
          Earlier notifications
        </button>
      )}
    </section>
  );
}

function Notice({ notification }: { notification: Notification }): JSX.Element {
  const { message, type, created_at, read } = notification;
  const way = WAYS[type];
  return (
    <li class="notice" data-unread={!read}>
      <Icon name={iconOf(type)} />
      <span class="notice__text">
        {!read && <span class="visually-hidden">Unread: </span>}
        {message}
        {way !== undefined && <a href={way.href}>{way.label}</a>}
        <small title={sayMoment(created_at)}>{sayAgo(created_at)}</small>
      </span>
      <button class="button button--small" type="button" onClick={() => void mark(notification, !read)}>
        {read ? "Mark as unread" : "Mark as read"}
      </button>
    </li>
  );
}
