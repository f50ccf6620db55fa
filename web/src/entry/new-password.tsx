/** Choosing a password: the field, the rules, and what is wrong with a choice. */

import type { ComponentChildren, JSX } from "preact";
import { CHARACTERS_MAX, CHARACTERS_MIN, countCharacters, judgeLength } from "../activation.ts";
import type { Verdict } from "../activation.ts";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { PasswordField } from "../password-field.tsx";
import { explain } from "./words.ts";

/** What is wrong with the choice: in words, and which rule it breaks. */
export interface Refusal {
  readonly text: string;
  readonly rule: "length" | "common" | null;
}

/** What can be said of a choice before the hub is asked; null when it is long enough. */
export function lengthRefusal(password: string): Refusal | null {
  if (judgeLength(password) === "met") return null;
  const count = countCharacters(password);
  if (count === 0) return { text: "Type the password that you want to have.", rule: "length" };
  const lacks = CHARACTERS_MIN - count;
  const text = lacks > 0 ? `${lacks} more to go: the shortest` : `${count - CHARACTERS_MAX} too many: the longest`;
  const bound = lacks > 0 ? CHARACTERS_MIN : CHARACTERS_MAX;
  return { text: `${text} password has ${bound} characters.`, rule: "length" };
}

/** What the hub said of the field `field`, else of everything, in `words`. */
export function refusalOf(error: unknown, field = "password", words = explain): Refusal {
  if (error instanceof Problem && error.status === 422 && error.field === field) {
    return { text: "This is one of the passwords that others would try first. Choose one of your own.", rule: "common" };
  }
  return { text: words(error), rule: null };
}

export interface NewPasswordProps {
  readonly name?: string;
  readonly input: { current: HTMLInputElement | null };
  readonly value: string;
  readonly refusal: Refusal | null;
  /** The id of the element that shows the refusal. */
  readonly refusalId: string;
  readonly onInput: (value: string) => void;
}

export function NewPassword(props: NewPasswordProps): JSX.Element {
  const { name = "password", refusal } = props;
  const rules = `${name}-rules`;
  return (
    <>
      <PasswordField
        label="New password"
        name={name}
        purpose="new-password"
        input={props.input}
        value={props.value}
        wrong={refusal !== null && refusal.rule !== null}
        describedBy={refusal === null ? rules : `${props.refusalId} ${rules}`}
        onInput={props.onInput}
      />
      <Rules id={rules} password={props.value} broken={refusal?.rule ?? null} />
    </>
  );
}

function Rules({ id, password, broken }: { id: string; password: string; broken: Refusal["rule"] }): JSX.Element {
  const count = countCharacters(password);
  const length = broken === "length" ? "broken" : judgeLength(password);
  return (
    <ul class="rules" id={id}>
      <Rule verdict={length}>
        {CHARACTERS_MIN} to {CHARACTERS_MAX} characters
        {count > 0 && <span class="rules__count">{count}</span>}
      </Rule>
      <Rule verdict={broken === "common" ? "broken" : "open"}>Not a common password, nor only your name or email</Rule>
      <li class="rules__hint">Any language, spaces and signs count. A sentence of your own is easy to keep in mind.</li>
    </ul>
  );
}

const SPOKEN: Readonly<Record<Verdict, string>> = { open: "", met: ": met", broken: ": not met" };

function Rule({ verdict, children }: { verdict: Verdict; children: ComponentChildren }): JSX.Element {
  return (
    <li class={`rule rule--${verdict}`}>
      <Icon name={verdict === "met" ? "check" : verdict === "broken" ? "close" : "dot"} />
      <span>
        {children}
        <span class="visually-hidden">{SPOKEN[verdict]}</span>
      </span>
    </li>
  );
}
