/** The session has ended, or is about to: sign in again over the board, whose last picture stays. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SignedIn, User } from "./api.ts";
import { CodeStep } from "./entry/code-step.tsx";
import { Refused } from "./entry/frame.tsx";
import { SetUp } from "./entry/set-up.tsx";
import { useSignIn } from "./entry/sign-in-steps.ts";
import { useEscape } from "./escape.ts";
import { PasswordField } from "./password-field.tsx";

export interface ReentryProps {
  readonly user: User;
  /** `early`: the session still lives, and this can be put off. */
  readonly early?: boolean;
  /** The same person is back. */
  readonly onBack: (signedIn: SignedIn) => void;
  /** Leave the board, to sign in as somebody else; when `early`, put it off. */
  readonly onLeave: () => void;
}

export function Reentry({ user, early = false, onBack, onLeave }: ReentryProps): JSX.Element {
  const [password, setPassword] = useState("");
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const steps = useSignIn(user.email, password, onBack, () => input.current?.select());
  // a board that looks alive and is not: nothing behind it may react
  useEscape(true, early ? onLeave : () => undefined);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
    input.current?.focus();
  }, []);
  return (
    <dialog
      class="sheet reentry"
      ref={dialog}
      aria-labelledby="reentry-title"
      onCancel={(event) => event.preventDefault()}
    >
      {steps.step === "set-up" ? (
        <SetUp email={user.email} password={password} onDone={() => steps.onSubmit()} onBack={steps.onBack} />
      ) : (
        <form onSubmit={steps.onSubmit}>
          <h2 id="reentry-title">{early ? "Sign in again before your session ends" : "Your session has ended"}</h2>
          <p>
            {early
              ? "Everything goes on as it is, for another whole session."
              : "What you see stays as it was. Sign in again to go on."}
          </p>
          {steps.error !== null && <Refused id="reentry-error">{steps.error}</Refused>}
          {steps.step === "code" ? (
            <CodeStep steps={steps} errorId="reentry-error" />
          ) : (
            <Again user={user} password={password} input={input} wrong={steps.error !== null} onPassword={setPassword} />
          )}
          {steps.step === "password" && (
            <>
              <button class="button button--primary" type="submit" disabled={steps.busy}>
                {steps.busy ? "Signing in…" : "Sign in"}
              </button>
              <button class="link" type="button" onClick={onLeave}>
                {early ? "Later" : "Leave, or sign in as somebody else"}
              </button>
            </>
          )}
        </form>
      )}
    </dialog>
  );
}

interface AgainProps {
  readonly user: User;
  readonly password: string;
  readonly input: { current: HTMLInputElement | null };
  readonly wrong: boolean;
  readonly onPassword: (password: string) => void;
}

function Again({ user, password, input, wrong, onPassword }: AgainProps): JSX.Element {
  return (
    <>
      <label class="field">
        <span>Email</span>
        <input type="email" name="email" autocomplete="username" value={user.email} readOnly />
      </label>
      <PasswordField
        label="Password"
        purpose="current-password"
        input={input}
        value={password}
        wrong={wrong}
        describedBy={wrong ? "reentry-error" : undefined}
        onInput={onPassword}
      />
    </>
  );
}
