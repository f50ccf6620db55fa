/** Free text between the crew and the dispatchers. */

import type { Report } from "@arogya/client";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../shared/dialog.tsx";
import type { Note } from "./crew-state.ts";
import type { Tablet } from "./tablet-store.ts";
import { clockOf } from "./words.ts";

export interface NotesProps {
  readonly tablet: Tablet;
  readonly notes: readonly Note[];
  readonly reports: readonly Report[];
  readonly onClose: () => void;
}

/** What crews write again and again. */
const QUICK = ["Need a second unit", "Police needed at the scene", "Cannot find the place", "Delayed by traffic"] as const;

export function Notes({ tablet, notes, reports, onClose }: NotesProps): JSX.Element {
  const [text, setText] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const waiting = new Set(reports.flatMap((report) => (report.kind === "message" ? [report.body.text] : [])));
  useEffect(() => {
    tablet.readNotes();
    list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [notes.length]);
  const send = (words: string): void => {
    if (words.trim() === "") return;
    tablet.write(words.trim());
    setText("");
  };
  return (
    <Dialog title="Messages" size="large" onClose={onClose}>
      {notes.length === 0 && <p>Nothing yet. What you write goes to all dispatchers.</p>}
      <ul class="tablet-notes" ref={list} tabIndex={-1} autofocus>
        {notes.map(({ id, mine, from, text: words, atMs }) => (
          <li key={id} data-mine={mine}>
            <small>
              {mine ? "You" : from || "Dispatch"} · {clockOf(atMs)}
              {mine && waiting.has(words) && " · waits to be sent"}
            </small>
            <p>{words}</p>
          </li>
        ))}
      </ul>
      <div class="tablet-quick">
        {QUICK.map((words) => (
          <button key={words} class="tablet-button tablet-button--small" type="button" onClick={() => send(words)}>
            {words}
          </button>
        ))}
      </div>
      <form
        class="tablet-line"
        onSubmit={(event) => {
          event.preventDefault();
          send(text);
        }}
      >
        <input value={text} maxLength={1000} placeholder="Write to dispatch" aria-label="Write to dispatch" onInput={(event) => setText(event.currentTarget.value)} />
        <button class="tablet-button tablet-button--small" type="submit" disabled={text.trim() === ""}>
          Send
        </button>
      </form>
    </Dialog>
  );
}
