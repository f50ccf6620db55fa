/** Where the holder of an activation link chooses the account's password. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { CHARACTERS_MAX, CHARACTERS_MIN, countCharacters, judgeLength } from "./activation.ts";
import type { Invitation, Verdict } from "./activation.ts";
import { activate, Problem } from "./api.ts";
import { Icon, Mark } from "./icons.tsx";
import { PasswordField } from "./password-field.tsx";
import { explain } from "./sign-in.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

export interface ActivateProps {
  readonly invitation: Invitation;
  readonly onChosen: () => void;
  /** Leave without having chosen. */
  readonly onLeave: () => void;
}

export function Activate({ invitation, onChosen, onLeave }: ActivateProps): JSX.Element {
  const [dead, setDead] = useState(false);
  useEffect(() => {
    document.title = "Choose your password · Arogya Hub";
  }, []);
  return (
    <main class="sign-in">
      <div class="sign-in__corner">
        <ThemeToggle />
      </div>
      {dead ? (
        <DeadLink email={invitation.email} onLeave={onLeave} />
      ) : (
        <Choice invitation={invitation} onChosen={onChosen} onDead={() => setDead(true)} />
      )}
    </main>
  );
}

interface ChoiceProps {
  readonly invitation: Invitation;
  readonly onChosen: () => void;
  readonly onDead: () => void;
}

/** What is wrong with the choice: in words, and which rule it breaks. */
interface Refusal {
  readonly text: string;
  readonly rule: "length" | "common" | null;
}

function lengthRefusal(password: string): Refusal | null {
  if (judgeLength(password) === "met") return null;
  const count = countCharacters(password);
  if (count === 0) return { text: "Type the password that you want to have.", rule: "length" };
  const lacks = CHARACTERS_MIN - count;
  const text = lacks > 0 ? `${lacks} more to go: the shortest` : `${count - CHARACTERS_MAX} too many: the longest`;
  const bound = lacks > 0 ? CHARACTERS_MIN : CHARACTERS_MAX;
  return { text: `${text} password has ${bound} characters.`, rule: "length" };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Problem && error.status === 422 && error.field === "password") {
    return { text: "This is one of the passwords that others would try first. Choose one of your own.", rule: "common" };
  }
  return { text: explain(error), rule: null };
}

function Choice({ invitation, onChosen, onDead }: ChoiceProps): JSX.Element {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);

  const refuse = (reason: Refusal): void => {
    setRefusal(reason);
    setBusy(false);
    input.current?.focus();
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const tooEarly = lengthRefusal(password);
    if (tooEarly !== null) return refuse(tooEarly);
    setBusy(true);
    setRefusal(null);
    try {
      await activate(invitation.token, password);
      onChosen();
    } catch (error) {
      if (error instanceof Problem && error.status === 404) onDead();
      else refuse(refusalOf(error));
    }
  };
  const onInput = (value: string): void => {
    setPassword(value);
    setRefusal(null);
  };

  return (
    <form
      class="sign-in__card"
      noValidate
      onSubmit={(event) => void submit(event)}
      aria-labelledby="activate-title"
    >
      <Mark />
      <h1 id="activate-title">Choose your password</h1>
      <p class="sign-in__lead">
        {invitation.email === null ? "You sign in to Arogya Hub with it." : `For ${invitation.email} at Arogya Hub.`}
      </p>
      {refusal !== null && (
        <p class="note note--error" role="alert" id="activate-error">
          <Icon name="warning" />
          {refusal.text}
        </p>
      )}
      {invitation.email !== null && (
        // password managers keep the new password under the address that they find beside it
        <input type="email" name="email" autocomplete="username" value={invitation.email} readOnly hidden />
      )}
      <PasswordField
        label="New password"
        purpose="new-password"
        input={input}
        value={password}
        wrong={refusal !== null && refusal.rule !== null}
        describedBy={refusal === null ? "activate-rules" : "activate-error activate-rules"}
        onInput={onInput}
      />
      <Rules password={password} broken={refusal?.rule ?? null} />
      <button class="button button--primary" type="submit" disabled={busy}>
        {busy ? "Setting the password…" : "Set password"}
      </button>
    </form>
  );
}

function Rules({ password, broken }: { password: string; broken: Refusal["rule"] }): JSX.Element {
  const count = countCharacters(password);
  const length = broken === "length" ? "broken" : judgeLength(password);
  return (
    <ul class="rules" id="activate-rules">
      <Rule verdict={length}>
        {CHARACTERS_MIN} to {CHARACTERS_MAX} characters
        {count > 0 && <span class="rules__count">{count}</span>}
      </Rule>
      <Rule verdict={broken === "common" ? "broken" : "open"}>
        Not a common password, nor only your name or email
      </Rule>
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

function DeadLink({ email, onLeave }: { email: string | null; onLeave: () => void }): JSX.Element {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section class="sign-in__card" aria-labelledby="dead-title">
      <Mark />
      <h1 id="dead-title" ref={title} tabIndex={-1}>
        This link does not work any more
      </h1>
      <p>It was used already, it is too old, a newer one took its place, or a part of it is missing.</p>
      <p>
        If you have chosen your password before, sign in with it. Otherwise ask whoever runs the hub for a new link:
      </p>
      <code class="command">arogya admin link {email ?? "you@example.org"}</code>
      <button class="button button--primary" type="button" onClick={onLeave}>
        Go to the sign-in
      </button>
    </section>
  );
}
