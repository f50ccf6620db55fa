/** With whom there have been messages, the newest first. */

import type { JSX } from "preact";
import { Avatar } from "./avatar.tsx";
import { useInbox } from "./inbox-hooks.ts";
import { sayShort } from "./moments.ts";
import { roleWord } from "./records.ts";
import type { Conversation } from "./records.ts";

/** Where a conversation is. */
export function pathOf(id: string): string {
  return `/inbox?with=${encodeURIComponent(id)}`;
}

export function Conversations({ chosen, onNew }: { chosen: string | null; onNew: () => void }): JSX.Element {
  const { conversations, ready } = useInbox();
  if (!ready) return <p class="inbox__wait">Asking the hub…</p>;
  if (conversations.length === 0) {
    return (
      <div class="empty">
        <h2>No messages yet</h2>
        <p>Here you write with the people you care for or work with. What they write waits here until you have read it.</p>
        <button class="button button--small" type="button" onClick={onNew}>
          Write the first one
        </button>
      </div>
    );
  }
  return (
    <ul class="talks" aria-label="Conversations">
      {conversations.map((talk) => (
        <Talk key={talk.user.id} talk={talk} chosen={talk.user.id === chosen} />
      ))}
    </ul>
  );
}

function Talk({ talk, chosen }: { talk: Conversation; chosen: boolean }): JSX.Element {
  const { user, last_message: last, unread } = talk;
  const mine = last.receiver_id === user.id;
  return (
    <li>
      <a class="talk" href={pathOf(user.id)} aria-current={chosen ? "true" : undefined} data-unread={unread > 0}>
        <Avatar id={user.id} name={user.name} />
        <span class="talk__who">
          <b>{user.name}</b>
          <small>{roleWord(user.role)}</small>
        </span>
        <time class="talk__at" dateTime={last.sent_at}>
          {sayShort(last.sent_at)}
        </time>
        <span class="talk__text">
          {mine && "You: "}
          {last.content}
        </span>
        {unread > 0 && (
          <span class="way__badge talk__unread">
            {unread}
            <span class="visually-hidden"> unread</span>
          </span>
        )}
      </a>
    </li>
  );
}
