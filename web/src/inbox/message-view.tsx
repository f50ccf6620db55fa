/** A message as it stands in a conversation. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { shortened } from "./composer.tsx";
import { sayClock } from "./moments.ts";
import { markOf } from "./records.ts";
import type { Mark, Message, Unsent } from "./records.ts";

const MARKS: Readonly<Record<Mark, string>> = { sent: "Sent", delivered: "Delivered", read: "Read" };

const PASSING = "Not sent yet: the hub cannot be reached. It goes by itself as soon as it can.";

export interface MessageViewProps {
  readonly message: Message;
  readonly mine: boolean;
  /** The message that this one corrects, where it is in sight. */
  readonly corrected: Message | null;
  /** A later message corrects this one. */
  readonly outdated: boolean;
  readonly onCorrect: (message: Message) => void;
}

export function MessageView({ message, mine, corrected, outdated, onCorrect }: MessageViewProps): JSX.Element {
  return (
    <li class={`bubble ${mine ? "bubble--mine" : ""}`} data-outdated={outdated} data-id={message.id}>
      {message.corrects !== null && (
        <p class="bubble__corrects">
          Correction{corrected === null ? " of an earlier message" : ` of “${shortened(corrected.content)}”`}
        </p>
      )}
      <p class="bubble__text">{message.content}</p>
      <p class="bubble__foot">
        {outdated && <span>Corrected below ·</span>}
        <time dateTime={message.sent_at}>{sayClock(message.sent_at)}</time>
        {mine && <MarkView mark={markOf(message)} />}
        {mine && !outdated && (
          <button class="bubble__deed" type="button" onClick={() => onCorrect(message)}>
            Correct
          </button>
        )}
      </p>
    </li>
  );
}

function MarkView({ mark }: { mark: Mark }): JSX.Element {
  return (
    <span class={`sent-mark sent-mark--${mark}`} title={MARKS[mark]}>
      <Icon name="check" />
      {mark !== "sent" && <Icon name="check" />}
      <span class="visually-hidden">{MARKS[mark]}</span>
    </span>
  );
}

export interface UnsentViewProps {
  readonly unsent: Unsent;
  readonly onResend: () => void;
  readonly onDiscard: () => void;
}

/** A message of mine that the hub has not taken yet: on its way, or the reason why not. */
export function UnsentView({ unsent, onResend, onDiscard }: UnsentViewProps): JSX.Element {
  return (
    <li class="bubble bubble--mine bubble--unsent" data-failed={unsent.failure !== null}>
      <p class="bubble__text">{unsent.content}</p>
      {unsent.failure === null ? (
        <p class="bubble__foot">Sending…</p>
      ) : (
        <p class="bubble__foot" role="alert">
          <Icon name="warning" />
          <span>{unsent.passing ? PASSING : `Not sent. ${unsent.failure}`}</span>
          <button class="bubble__deed" type="button" onClick={onResend}>
            Send again
          </button>
          <button class="bubble__deed" type="button" onClick={onDiscard}>
            Discard
          </button>
        </p>
      )}
    </li>
  );
}
