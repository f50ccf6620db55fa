/** Where a message is written, or corrected. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { CHARACTERS_MAX, countCharacters } from "./records.ts";
import type { Message } from "./records.ts";

/** From here on the writer is told how much is left. */
const COUNT_FROM = CHARACTERS_MAX - 400;
const COARSE = "(pointer: coarse)";

export interface ComposerProps {
  readonly to: string;
  readonly text: string;
  /** The message that this one corrects. */
  readonly corrects: Message | null;
  readonly onText: (text: string) => void;
  readonly onSend: () => void;
  readonly onCancel: () => void;
}

export function Composer({ to, text, corrects, onText, onSend, onCancel }: ComposerProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const count = countCharacters(text);
  const ready = text.trim() !== "" && count <= CHARACTERS_MAX;
  useEffect(() => {
    if (corrects !== null) field.current?.focus();
  }, [corrects]);
  useEffect(() => {
    // as high as what is written, up to what the style sheet allows
    const box = field.current;
    if (box === null) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }, [text]);
  const send = (event: Event): void => {
    event.preventDefault();
    if (ready) onSend();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && corrects !== null) {
      event.stopPropagation();
      return onCancel();
    }
    const breaks = event.shiftKey || event.isComposing || window.matchMedia(COARSE).matches;
    if (event.key === "Enter" && !breaks) send(event);
  };
  return (
    <form class="composer" onSubmit={send}>
      {corrects !== null && (
        <p class="composer__corrects">
          <Icon name="edit" />
          <span>You correct “{shortened(corrects.content)}”. Both stay to be read.</span>
          <button class="icon-button" type="button" aria-label="Do not correct" title="Do not correct" onClick={onCancel}>
            <Icon name="close" />
          </button>
        </p>
      )}
      <div class="composer__row">
        <textarea
          ref={field}
          rows={1}
          aria-label={`Message to ${to}`}
          aria-describedby="composer-count"
          placeholder={`Write to ${to}`}
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button class="button button--primary composer__send" type="submit" disabled={!ready}>
          {corrects === null ? "Send" : "Correct"}
        </button>
      </div>
      <p class="composer__count" id="composer-count" role="status" data-over={count > CHARACTERS_MAX}>
        {count >= COUNT_FROM && sayLeft(CHARACTERS_MAX - count)}
      </p>
    </form>
  );
}

function sayLeft(left: number): string {
  if (left >= 0) return `${left} characters left`;
  return `${-left} too many: a message has ${CHARACTERS_MAX} characters at most. Send it in two.`;
}

export function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 70 ? `${line.slice(0, 68)}…` : line;
}
