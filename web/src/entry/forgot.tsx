/** For those who have forgotten their password: a link by mail where the hub sends any, and who else can make one. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Mark } from "../icons.tsx";
import { askForReset } from "./entry-api.ts";
import { Refused } from "./frame.tsx";
import { explain } from "./words.ts";

export interface ForgotProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly onBack: () => void;
}

export function Forgot({ email, onEmail, onBack }: ForgotProps): JSX.Element {
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await askForReset(email.trim());
      setSent(true);
    } catch (problem) {
      setError(explain(problem));
    }
    setBusy(false);
  };
  if (sent) return <Sent email={email.trim()} onBack={onBack} />;
  return (
    <form class="sign-in__card" onSubmit={(event) => void submit(event)} aria-labelledby="forgot-title">
      <Mark />
      <h1 id="forgot-title">Choose a new password</h1>
      <p>Where this hub sends e-mail, you get a link with which you choose a new password.</p>
      {error !== null && <Refused id="forgot-error">{error}</Refused>}
      <label class="field">
        <span>Email</span>
        <input
          ref={input}
          type="email"
          name="email"
          autocomplete="username"
          required
          value={email}
          onInput={(event) => onEmail(event.currentTarget.value)}
        />
      </label>
      <button class="button button--primary" type="submit" disabled={busy}>
        {busy ? "Asking the hub…" : "Ask for a link"}
      </button>
      <Otherwise />
      <button class="link" type="button" onClick={onBack}>
        Back
      </button>
    </form>
  );
}

function Otherwise(): JSX.Element {
  return (
    <p class="hint">
      No e-mail on this hub? Then ask the person who invited you, your facility’s reception or its administrator: they
      can make a link for you and see it on their screen.
    </p>
  );
}

function Sent({ email, onBack }: { email: string; onBack: () => void }): JSX.Element {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section class="sign-in__card" aria-labelledby="sent-title">
      <Mark />
      <h1 id="sent-title" ref={title} tabIndex={-1}>
        Look into your mail
      </h1>
      <p>
        If <b>{email}</b> has an account and this hub sends e-mail, a link is on its way. The hub does not say which
        addresses it knows.
      </p>
      <p>Nothing after five minutes? It may be in the spam folder.</p>
      <Otherwise />
      <button class="button button--primary" type="button" onClick={onBack}>
        Back to the way in
      </button>
    </section>
  );
}
