/** The session has ended: sign in again over the board, whose last picture stays. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signIn } from "./api.ts";
import type { User } from "./api.ts";
import { useEscape } from "./escape.ts";
import { Icon } from "./icons.tsx";
import { PasswordField } from "./password-field.tsx";
import { explain } from "./sign-in.tsx";

export interface ReentryProps {
  readonly user: User;
  /** The same person is back. */
  readonly onBack: () => void;
  /** Leave the board, to sign in as somebody else. */
  readonly onLeave: () => void;
}

export function Reentry({ user, onBack, onLeave }: ReentryProps): JSX.Element {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEscape(true, () => undefined); // a board that looks alive and is not: nothing behind it may react
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
    input.current?.focus();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(user.email, password);
      onBack();
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
      input.current?.select();
    }
  };
  return (
    <dialog class="sheet reentry" ref={dialog} aria-labelledby="reentry-title" onCancel={(event) => event.preventDefault()}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="reentry-title">Your session has ended</h2>
        <p>The map stays as it was. Sign in again to go on.</p>
        {error !== null && (
          <p class="note note--error" role="alert" id="reentry-error">
            <Icon name="warning" />
            {error}
          </p>
        )}
        <label class="field">
          <span>Email</span>
          <input type="email" name="email" autocomplete="username" value={user.email} readOnly />
        </label>
        <PasswordField
          label="Password"
          purpose="current-password"
          input={input}
          value={password}
          wrong={error !== null}
          describedBy={error === null ? undefined : "reentry-error"}
          onInput={setPassword}
        />
        <button class="button button--primary" type="submit" disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
        <button class="link" type="button" onClick={onLeave}>
          Leave, or sign in as somebody else
        </button>
      </form>
    </dialog>
  );
}
