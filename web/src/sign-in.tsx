/** The way in. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, signIn } from "./api.ts";
import type { SignedIn } from "./api.ts";
import { Icon, Mark } from "./icons.tsx";
import { recall, remember } from "./memory.ts";
import { PasswordField } from "./password-field.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

/** A refusal in words that say what to do next. */
export function explain(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401) return "This email and password do not match. Check both and try again.";
  if (error.status === 429) {
    const wait = error.retryAfterS === null ? "a minute" : `${error.retryAfterS} seconds`;
    return `Too many attempts. Wait ${wait}, then try again.`;
  }
  if (error.status === 0) return "The hub cannot be reached. Check the network, then try again.";
  if (error.status === 503) return "The hub is starting or its database is away. Try again in a moment.";
  return error.detail || error.title || `The hub refused the sign-in (${error.status}).`;
}

export interface SignInProps {
  /** Why the person is here again, if there is a reason. */
  readonly note: string | null;
  /** The address to begin with; null for the one that signed in here last. */
  readonly email: string | null;
  readonly onSignedIn: (signedIn: SignedIn) => void;
}

export function SignIn({ note, email: given, onSignedIn }: SignInProps): JSX.Element {
  const [email, setEmail] = useState(given ?? recall("email") ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Sign in · Arogya Hub";
    (email === "" ? first : second).current?.focus();
  }, []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const signedIn = await signIn(email.trim(), password);
      remember("email", email.trim());
      onSignedIn(signedIn);
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
      second.current?.select();
    }
  };

  return (
    <main class="sign-in">
      <div class="sign-in__corner">
        <ThemeToggle />
      </div>
      <form class="sign-in__card" onSubmit={(event) => void submit(event)} aria-labelledby="sign-in-title">
        <Mark />
        <h1 id="sign-in-title">Sign in to Arogya Hub</h1>
        <p class="sign-in__lead">Every ambulance, where it is now.</p>
        {note !== null && error === null && (
          <p class="note" role="status">
            {note}
          </p>
        )}
        {error !== null && (
          <p class="note note--error" role="alert" id="sign-in-error">
            <Icon name="warning" />
            {error}
          </p>
        )}
        <label class="field">
          <span>Email</span>
          <input
            ref={first}
            type="email"
            name="email"
            autocomplete="username"
            required
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </label>
        <PasswordField
          label="Password"
          purpose="current-password"
          input={second}
          value={password}
          wrong={error !== null}
          describedBy={error === null ? undefined : "sign-in-error"}
          onInput={setPassword}
        />
        <button class="button button--primary" type="submit" disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
