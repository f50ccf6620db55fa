/** A conversation: what was written, and where one writes. */

import { Fragment } from "preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Failure } from "../shared/problems.tsx";
import { useShell } from "../shell/context.ts";
import { Avatar } from "./avatar.tsx";
import { Composer } from "./composer.tsx";
import { useInbox } from "./inbox-hooks.ts";
import { MessageView, UnsentView } from "./message-view.tsx";
import { sayDayTitle } from "./moments.ts";
import { roleWord } from "./records.ts";
import type { Message, Person } from "./records.ts";
import type { Thread } from "./thread.ts";
import { useScroll } from "./use-scroll.ts";

export interface ThreadViewProps {
  readonly person: Person;
  readonly onBack: () => void;
}

export function ThreadView({ person, onBack }: ThreadViewProps): JSX.Element {
  const inbox = useInbox();
  const thread = inbox.threadWith(person.id);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [corrects, setCorrects] = useState<Message | null>(null);
  const [draft, setText] = useState(() => inbox.drafts.get(person.id) ?? "");
  const setDraft = (text: string): void => {
    setText(text);
    if (corrects === null) inbox.drafts.set(person.id, text);
  };
  const read = (older: boolean): void => {
    setProblem(null);
    inbox.read(person.id, older).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    });
  };
  useEffect(() => {
    if (!thread.loaded) read(false);
  }, [person.id]);
  useReadMarks(person.id, thread);
  const send = (): void => {
    void inbox.send(person.id, draft.trim(), corrects?.id ?? null);
    setText(corrects === null ? "" : (inbox.drafts.get(person.id) ?? ""));
    if (corrects === null) inbox.drafts.delete(person.id);
    setCorrects(null);
  };
  const correct = (message: Message | null): void => {
    setCorrects(message);
    setText(message?.content ?? inbox.drafts.get(person.id) ?? "");
  };
  return (
    <section class="thread" aria-label={`Conversation with ${person.name}`}>
      <header class="thread__head">
        <button class="icon-button thread__back" type="button" aria-label="All conversations" onClick={onBack}>
          <Icon name="back" />
        </button>
        <Avatar id={person.id} name={person.name} />
        <span class="two-lines">
          <b>{person.name}</b>
          <small>{roleWord(person.role)}</small>
        </span>
      </header>
      {problem !== null && <Failure error={problem} onRetry={() => read(thread.loaded)} />}
      <Messages person={person} thread={thread} onOlder={() => read(true)} onCorrect={correct} />
      <Composer
        to={person.name}
        text={draft}
        corrects={corrects}
        onText={setDraft}
        onSend={send}
        onCancel={() => correct(null)}
      />
    </section>
  );
}

/** What is shown while somebody looks at the page has been read. */
function useReadMarks(id: string, thread: Thread): void {
  const inbox = useInbox();
  useEffect(() => {
    const mark = (): void => {
      if (!document.hidden && thread.loaded) void inbox.markRead(id);
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [id, thread]);
}

interface MessagesProps {
  readonly person: Person;
  readonly thread: Thread;
  readonly onOlder: () => void;
  readonly onCorrect: (message: Message) => void;
}

function Messages({ person, thread, onOlder, onCorrect }: MessagesProps): JSX.Element {
  const inbox = useInbox();
  const { user } = useShell();
  const { messages, unsent, cursor, loaded } = thread;
  const { box, behind, toEnd, keepPlace } = useScroll(messages, unsent);
  const byId = new Map(messages.map((message) => [message.id, message]));
  const outdated = new Set(messages.flatMap(({ corrects }) => (corrects === null ? [] : [corrects])));
  const older = (): void => {
    keepPlace();
    onOlder();
  };
  return (
    <div class="thread__room">
      <div class="thread__scroll" ref={box} tabIndex={0} role="log" aria-label={`Messages with ${person.name}`}>
        {cursor !== null && (
          <button class="button button--small thread__older" type="button" onClick={older}>
            Earlier messages
          </button>
        )}
        {!loaded && <p class="inbox__wait">Asking the hub…</p>}
        {loaded && messages.length === 0 && unsent.length === 0 && <FirstWords name={person.name} />}
        <ol class="bubbles">
          {messages.map((message, index) => {
            const day = sayDayTitle(message.sent_at);
            const before = messages[index - 1];
            return (
              <Fragment key={message.id}>
                {(before === undefined || sayDayTitle(before.sent_at) !== day) && (
                  <li class="bubbles__day">{day}</li>
                )}
                <MessageView
                  message={message}
                  mine={message.sender_id === user.id}
                  corrected={byId.get(message.corrects ?? "") ?? null}
                  outdated={outdated.has(message.id)}
                  onCorrect={onCorrect}
                />
              </Fragment>
            );
          })}
          {unsent.map((one) => (
            <UnsentView
              key={one.clientId}
              unsent={one}
              onResend={() => void inbox.resend(person.id, one)}
              onDiscard={() => inbox.discard(person.id, one)}
            />
          ))}
        </ol>
      </div>
      {behind && (
        <button class="button button--small thread__newer" type="button" onClick={toEnd}>
          <Icon name="down" />
          New messages
        </button>
      )}
    </div>
  );
}

function FirstWords({ name }: { name: string }): JSX.Element {
  return (
    <div class="empty">
      <h2>Nothing written yet</h2>
      <p>
        What you send goes to {name} alone and is kept with your names. It is no emergency call: for that, use the
        ambulance request or the phone.
      </p>
    </div>
  );
}
