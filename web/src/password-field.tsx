/** Where a password is typed, hidden unless its owner wants to see it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

export interface PasswordFieldProps {
  readonly label: string;
  /** Where there are several on a page, each has its own. */
  readonly name?: string;
  /** Tells password managers whether to fill one in or to make one up. */
  readonly purpose: "current-password" | "new-password";
  readonly input: { current: HTMLInputElement | null };
  readonly value: string;
  readonly wrong: boolean;
  /** Ids of what is to be read out with the field. */
  readonly describedBy?: string | undefined;
  readonly onInput: (value: string) => void;
}

export function PasswordField(props: PasswordFieldProps): JSX.Element {
  const { name = "password" } = props;
  const [shown, setShown] = useState(false);
  // the two types are one element to us; the typings tell them apart by the roles they allow
  const type = (shown ? "text" : "password") as "password";
  return (
    <div class="field">
      <label for={name}>{props.label}</label>
      <div class="field__row">
        <input
          ref={props.input}
          id={name}
          name={name}
          type={type}
          autocomplete={props.purpose}
          autocapitalize="none"
          spellcheck={false}
          required
          aria-invalid={props.wrong}
          aria-describedby={props.describedBy}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
        <button
          class="icon-button"
          type="button"
          aria-pressed={shown}
          aria-label="Show password"
          title={shown ? "Hide password" : "Show password"}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      </div>
    </div>
  );
}
