/** Free text between the desk and the crews: what waits to be read, and the conversation with one unit. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { attempt } from "../shared/attempt.ts";
import { newKey } from "../shared/http.ts";
import type { BoardDesk } from "./board-desk.ts";
import * as hub from "./board-api.ts";
import { showUnit } from "./deeds.ts";
import { timeWithSeconds } from "./marks.tsx";
import type { CrewMessage } from "./shapes.ts";

export function TalkList({ desk }: { desk: BoardDesk }): JSX.Element {
  const newest = new Map<number, CrewMessage>();
  for (const message of desk.board.messages.values()) {
    const known = newest.get(message.ambulance.id);
    if (known === undefined || known.received_at < message.received_at) newest.set(message.ambulance.id, message);
  }
  const talks = [...newest.values()].sort((one, other) => other.received_at.localeCompare(one.received_at));
  if (talks.length === 0) {
    return (
      <div class="empty">
        <h2>No messages</h2>
        <p>What crews write stands here. To write to one, choose a unit: press U.</p>
      </div>
    );
  }
  return (
    <ul class="talk-list">
      {talks.map((message) => (
        <li key={message.ambulance.id}>
          <Talk message={message} unread={unreadOf(desk, message.ambulance.id).length} desk={desk} />
        </li>
      ))}
    </ul>
  );
}

function Talk({ message, unread, desk }: { message: CrewMessage; unread: number; desk: BoardDesk }): JSX.Element {
  return (
    <button class="talk-row" type="button" data-unread={unread > 0} onClick={() => showUnit(desk, message.ambulance.id)}>
      <b>{message.ambulance.plate_number}</b>
      <time dateTime={message.received_at}>{timeWithSeconds(message.received_at)}</time>
      <span>
        {message.sender === "desk" && "Desk: "}
        {message.text}
      </span>
      {unread > 0 && (
        <span class="way__badge">
          {unread}
          <span class="visually-hidden"> unread</span>
        </span>
      )}
    </button>
  );
}

export function unreadOf(desk: BoardDesk, ambulance: number): readonly CrewMessage[] {
  return desk.board.unread.filter((message) => message.ambulance.id === ambulance);
}

/** The conversation with a unit; what is shown counts as read. */
export function CrewTalk({ desk, ambulance }: { desk: BoardDesk; ambulance: number }): JSX.Element {
  const log = useRef<HTMLDivElement>(null);
  const messages = desk.board.talkWith(ambulance);
  const unread = unreadOf(desk, ambulance);
  useEffect(() => {
    hub.readTalk(ambulance).then(
      ({ items }) => desk.board.putMessages(items),
      () => undefined, // what came on the channel is there all the same
    );
  }, [ambulance]);
  useEffect(() => {
    for (const { id } of unread) {
      hub.markCrewMessageRead(id).then(
        (message) => desk.board.putMessages([message]),
        () => undefined, // it stays unread, and is marked when it is looked at again
      );
    }
  }, [unread.map(({ id }) => id).join()]);
  useEffect(() => log.current?.scrollTo({ top: log.current.scrollHeight }), [messages.length]);
  return (
    <section class="crew-talk" aria-label="Messages with the crew">
      <div class="crew-talk__log" role="log" aria-label="Messages" ref={log}>
        {messages.length === 0 && <p class="quiet">Nothing written yet. What you send is shown on the unit's tablet.</p>}
        {messages.map((message) => (
          <Bubble key={message.id} message={message} />
        ))}
      </div>
      <Composer desk={desk} ambulance={ambulance} />
    </section>
  );
}

function Bubble({ message }: { message: CrewMessage }): JSX.Element {
  const { sender, name, text, received_at: at } = message;
  const state = message.read_at !== null ? "read" : message.delivered_at !== null ? "on the tablet" : "on its way";
  return (
    <p class={`crew-bubble crew-bubble--${sender}`}>
      <span>{text}</span>
      <small>
        {sender === "desk" ? (name ?? "Desk") : "Crew"}, <time dateTime={at}>{timeWithSeconds(at)}</time>
        {sender === "desk" && ` · ${state}`}
      </small>
    </p>
  );
}

const LENGTH_MAX = 1_000;

function Composer({ desk, ambulance }: { desk: BoardDesk; ambulance: number }): JSX.Element {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "" || busy) return;
    setBusy(true);
    const sent = await attempt(async () => desk.board.putMessages([await hub.writeToCrew(ambulance, text.trim(), key.current)]));
    setBusy(false);
    if (!sent) return;
    key.current = newKey();
    setText("");
  };
  return (
    <form class="crew-talk__write" onSubmit={(event) => void send(event)}>
      <label>
        <span class="visually-hidden">Message to the crew</span>
        <input
          value={text}
          maxLength={LENGTH_MAX}
          autocomplete="off"
          placeholder="Message to the crew"
          onInput={(event) => {
            key.current = newKey();
            setText(event.currentTarget.value);
          }}
        />
      </label>
      <button class="button button--small button--primary" type="submit" disabled={busy || text.trim() === ""}>
        Send
      </button>
    </form>
  );
}
