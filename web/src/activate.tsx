/** Where the holder of an activation link chooses the account's password. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Invitation } from "./activation.ts";
import { activate, Problem } from "./api.ts";
import { Frame, Refused } from "./entry/frame.tsx";
import { lengthRefusal, NewPassword, refusalOf } from "./entry/new-password.tsx";
import type { Refusal } from "./entry/new-password.tsx";
import { Mark } from "./icons.tsx";

export interface ActivateProps {
  readonly invitation: Invitation;
  readonly onChosen: () => void;
  /** Leave without having chosen. */
  readonly onLeave: () => void;
}

export function Activate({ invitation, onChosen, onLeave }: ActivateProps): JSX.Element {
  const [dead, setDead] = useState(false);
  return (
    <Frame title="Choose your password">
      {dead ? (
        <DeadLink email={invitation.email} onLeave={onLeave} />
      ) : (
        <Choice invitation={invitation} onChosen={onChosen} onDead={() => setDead(true)} />
      )}
    </Frame>
  );
}

interface ChoiceProps {
  readonly invitation: Invitation;
  readonly onChosen: () => void;
  readonly onDead: () => void;
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
    <form class="sign-in__card" noValidate onSubmit={(event) => void submit(event)} aria-labelledby="activate-title">
      <Mark />
      <h1 id="activate-title">Choose your password</h1>
      <p class="sign-in__lead">
        {invitation.email === null ? "You sign in to Arogya Hub with it." : `For ${invitation.email} at Arogya Hub.`}
      </p>
      {refusal !== null && <Refused id="activate-error">{refusal.text}</Refused>}
      {invitation.email !== null && (
        // password managers keep the new password under the address that they find beside it
        <input type="email" name="email" autocomplete="username" value={invitation.email} readOnly hidden />
      )}
      <NewPassword input={input} value={password} refusal={refusal} refusalId="activate-error" onInput={onInput} />
      <button class="button button--primary" type="submit" disabled={busy}>
        {busy ? "Setting the password…" : "Set password"}
      </button>
    </form>
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
        If you have chosen your password before, sign in with it. Otherwise ask the person who invited you for a new
        link, or whoever runs the hub:
      </p>
      <code class="command">arogya admin link {email ?? "you@example.org"}</code>
      <button class="button button--primary" type="button" onClick={onLeave}>
        Go to the sign-in
      </button>
    </section>
  );
}
