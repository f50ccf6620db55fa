/** Choosing whom to write to: those with whom there is a relation of care or work. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Dialog } from "../shared/dialog.tsx";
import { useSettled } from "../shared/list-state.ts";
import { explainProblem } from "../shared/problems.tsx";
import { Avatar } from "./avatar.tsx";
import { findRecipients } from "./inbox-api.ts";
import { roleWord } from "./records.ts";
import type { Person, Recipient } from "./records.ts";

const SETTLED_MS = 200;

type Found = { readonly items: readonly Recipient[]; readonly text: string } | { readonly problem: string };

/** What the hub finds for `text`; null while it has not answered the first time. */
function useFound(text: string): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  const settled = useSettled(text.trim(), SETTLED_MS);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    findRecipients(settled, signal).then(
      ({ items }) => !signal.aborted && setFound({ items, text: settled }),
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setFound({ problem: explainProblem(error) });
      },
    );
    return () => controller.abort();
  }, [settled]);
  return found;
}

export interface RecipientDialogProps {
  readonly onChoose: (person: Person) => void;
  readonly onClose: () => void;
}

export function RecipientDialog({ onChoose, onClose }: RecipientDialogProps): JSX.Element {
  const [text, setText] = useState("");
  const found = useFound(text);
  const list = useRef<HTMLUListElement>(null);
  const items = found !== null && "items" in found ? found.items : [];
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = Array.from(list.current?.querySelectorAll("button") ?? []);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || buttons.length === 0) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
  };
  const first = items[0];
  return (
    <Dialog title="Write to whom?" size="small" onClose={onClose}>
      <form
        class="recipients"
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault();
          if (first !== undefined && items.length === 1) onChoose(first);
        }}
      >
        <label class="field">
          <span>Name</span>
          <input
            type="search"
            autocomplete="off"
            autofocus
            placeholder="A part of the name"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {found !== null && "problem" in found && <p role="alert">{found.problem}</p>}
        {found !== null && "items" in found && items.length === 0 && <Nobody text={found.text} />}
        <ul class="recipients__list" ref={list} aria-label="People to write to" aria-busy={found === null}>
          {items.map((person) => (
            <li key={person.id}>
              <button class="recipient" type="button" onClick={() => onChoose(person)}>
                <Avatar id={person.id} name={person.name} />
                <span class="two-lines">
                  <b>{person.name}</b>
                  <small>
                    {roleWord(person.role)}
                    {person.relation === "" ? "" : ` · ${person.relation}`}
                  </small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </form>
    </Dialog>
  );
}

function Nobody({ text }: { text: string }): JSX.Element {
  return (
    <p class="quiet" role="status">
      {text === "" ? "There is nobody yet" : "Nobody of that name"} to whom you may write: that takes a visit, a plan or a
      facility in common.
    </p>
  );
}
