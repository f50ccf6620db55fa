/** The way in: signing in, registering, and asking for a new password. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SignedIn } from "./api.ts";
import { CodeStep } from "./entry/code-step.tsx";
import { Forgot } from "./entry/forgot.tsx";
import { Frame, Refused } from "./entry/frame.tsx";
import { Register } from "./entry/register.tsx";
import { SetUp } from "./entry/set-up.tsx";
import { useSignIn } from "./entry/sign-in-steps.ts";
import { Mark } from "./icons.tsx";
import { recall, remember } from "./memory.ts";
import { PasswordField } from "./password-field.tsx";

export interface SignInProps {
  /** Why the person is here again, if there is a reason. */
  readonly note: string | null;
  /** The address to begin with; null for the one that signed in here last. */
  readonly email: string | null;
  readonly onSignedIn: (signedIn: SignedIn) => void;
}

type Way = "sign-in" | "register" | "forgot";

const TITLES: Readonly<Record<Way, string>> = {
  "sign-in": "Sign in",
  register: "Register",
  forgot: "New password",
};
const REGISTERED = "Your account is ready. Sign in to begin.";

export function SignIn({ note: given, email: known, onSignedIn }: SignInProps): JSX.Element {
  const [way, setWay] = useState<Way>("sign-in");
  const [email, setEmail] = useState(known ?? recall("email") ?? "");
  const [note, setNote] = useState(given);
  const enter = (signedIn: SignedIn): void => {
    remember("email", signedIn.user.email);
    onSignedIn(signedIn);
  };
  const back = (): void => setWay("sign-in");
  return (
    <Frame title={TITLES[way]}>
      {way === "sign-in" && <Credentials note={note} email={email} onEmail={setEmail} onWay={setWay} onSignedIn={enter} />}
      {way === "forgot" && <Forgot email={email} onEmail={setEmail} onBack={back} />}
      {way === "register" && (
        <Register
          email={known ?? ""}
          onSignedIn={enter}
          onBack={back}
          onRegistered={(address) => {
            setEmail(address);
            setNote(REGISTERED);
            back();
          }}
        />
      )}
    </Frame>
  );
}

interface CredentialsProps {
  readonly note: string | null;
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly onWay: (way: Way) => void;
  readonly onSignedIn: (signedIn: SignedIn) => void;
}

function Credentials({ note, email, onEmail, onWay, onSignedIn }: CredentialsProps): JSX.Element {
  const [password, setPassword] = useState("");
  const second = useRef<HTMLInputElement>(null);
  const steps = useSignIn(email, password, onSignedIn, () => second.current?.select());
  if (steps.step === "set-up") {
    return (
      <div class="sign-in__card">
        <Mark />
        <SetUp email={email.trim()} password={password} onDone={() => steps.onSubmit()} onBack={steps.onBack} />
      </div>
    );
  }
  return (
    <form class="sign-in__card" onSubmit={steps.onSubmit} aria-labelledby="sign-in-title">
      <Mark />
      <h1 id="sign-in-title">{steps.step === "code" ? "One more step" : "Sign in to Arogya Hub"}</h1>
      {steps.step === "password" && <p class="sign-in__lead">Ambulances, visits and records in one place.</p>}
      {note !== null && steps.error === null && steps.step === "password" && (
        <p class="note" role="status">
          {note}
        </p>
      )}
      {steps.error !== null && <Refused id="sign-in-error">{steps.error}</Refused>}
      {steps.step === "code" ? (
        <CodeStep steps={steps} errorId="sign-in-error" />
      ) : (
        <>
          <WhoFields
            email={email}
            password={password}
            second={second}
            wrong={steps.error !== null}
            onEmail={onEmail}
            onPassword={setPassword}
          />
          <button class="button button--primary" type="submit" disabled={steps.busy}>
            {steps.busy ? "Signing in…" : "Sign in"}
          </button>
          <div class="links">
            <button class="link" type="button" onClick={() => onWay("forgot")}>
              Forgot your password?
            </button>
            <button class="link" type="button" onClick={() => onWay("register")}>
              Register as a patient
            </button>
            <a class="link" href="/tablet">
              This phone is an ambulance’s tablet
            </a>
          </div>
        </>
      )}
    </form>
  );
}

interface WhoFieldsProps {
  readonly email: string;
  readonly password: string;
  readonly second: { current: HTMLInputElement | null };
  readonly wrong: boolean;
  readonly onEmail: (email: string) => void;
  readonly onPassword: (password: string) => void;
}

function WhoFields({ email, password, second, wrong, onEmail, onPassword }: WhoFieldsProps): JSX.Element {
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => (email === "" ? first : second).current?.focus(), []);
  return (
    <>
      <label class="field">
        <span>Email</span>
        <input
          ref={first}
          type="email"
          name="email"
          autocomplete="username"
          required
          value={email}
          onInput={(event) => onEmail(event.currentTarget.value)}
        />
      </label>
      <PasswordField
        label="Password"
        purpose="current-password"
        input={second}
        value={password}
        wrong={wrong}
        describedBy={wrong ? "sign-in-error" : undefined}
        onInput={onPassword}
      />
    </>
  );
}
