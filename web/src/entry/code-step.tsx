/** Where the second factor is typed. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { SignInSteps } from "./sign-in-steps.ts";

export interface CodeFieldProps {
  readonly value: string;
  readonly recovery?: boolean;
  readonly wrong: boolean;
  readonly describedBy?: string | undefined;
  /** False where something else comes first. */
  readonly takesFocus?: boolean;
  readonly onInput: (code: string) => void;
}

/** Six digits of an app, or a recovery code; takes the focus, and again when its value was refused. */
export function CodeField(props: CodeFieldProps): JSX.Element {
  const { value, recovery = false, wrong, describedBy, takesFocus = true, onInput } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!takesFocus) return;
    input.current?.focus();
    input.current?.select();
  }, [recovery, wrong]);
  return (
    <label class="field">
      <span>{recovery ? "Recovery code" : "Code from your app"}</span>
      <input
        ref={input}
        class={recovery ? "field__code" : "field__code field__code--digits"}
        type="text"
        name="code"
        inputMode={recovery ? "text" : "numeric"}
        autocomplete="one-time-code"
        autocapitalize="none"
        spellcheck={false}
        minLength={6}
        maxLength={40}
        required
        placeholder={recovery ? "" : "000 000"}
        aria-invalid={wrong}
        aria-describedby={describedBy}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** The second step of a sign-in, as the fields of a form. */
export function CodeStep({ steps, errorId }: { steps: SignInSteps; errorId: string }): JSX.Element {
  const { recovery } = steps;
  return (
    <>
      <p>
        {recovery
          ? "Type one of the recovery codes that you kept when you set up the second factor. A supervisor’s one-time code goes here too."
          : "Open the authenticator app on your phone and type the six digits that it shows for Arogya Hub."}
      </p>
      <CodeField
        value={steps.code}
        recovery={recovery}
        wrong={steps.error !== null}
        describedBy={steps.error === null ? undefined : errorId}
        onInput={steps.onCode}
      />
      <button class="button button--primary" type="submit" disabled={steps.busy}>
        {steps.busy ? "Signing in…" : "Sign in"}
      </button>
      <div class="links">
        <button class="link" type="button" onClick={() => steps.onRecovery(!recovery)}>
          {recovery ? "Use the app’s code" : "No phone at hand? Use a recovery code"}
        </button>
        <button class="link" type="button" onClick={steps.onBack}>
          Back
        </button>
      </div>
    </>
  );
}
