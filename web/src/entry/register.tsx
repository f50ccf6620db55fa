/** Where a patient makes an account of their own. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, signIn } from "../api.ts";
import type { SignedIn } from "../api.ts";
import { Mark } from "../icons.tsx";
import { register } from "./entry-api.ts";
import type { Registration } from "./entry-api.ts";
import { Refused } from "./frame.tsx";
import { lengthRefusal, NewPassword, refusalOf } from "./new-password.tsx";
import type { Refusal } from "./new-password.tsx";

type Words = Readonly<Record<"name" | "email" | "phone" | "date_of_birth" | "gender" | "blood_type" | "address", string>>;

const NOTHING: Words = { name: "", email: "", phone: "", date_of_birth: "", gender: "", blood_type: "", address: "" };
const GENDERS = ["female", "male", "other", "unknown"] as const;
const BLOOD = ["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"] as const;
const TAKEN = "There is an account with this address already. Sign in with it, or choose a new password for it.";

export interface RegisterProps {
  readonly email: string;
  readonly onSignedIn: (signedIn: SignedIn) => void;
  /** The account is there, but signing in has to be done by hand. */
  readonly onRegistered: (email: string) => void;
  readonly onBack: () => void;
}

function registrationOf(words: Words, password: string): Registration {
  const given = Object.entries(words).map(([name, text]) => [name, text.trim()] as const);
  return { ...Object.fromEntries(given.filter(([, text]) => text !== "")), password } as unknown as Registration;
}

export function Register({ email, onSignedIn, onRegistered, onBack }: RegisterProps): JSX.Element {
  const [words, setWords] = useState<Words>({ ...NOTHING, email });
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const choice = useRef<HTMLInputElement>(null);
  const refuse = (reason: Refusal): void => {
    setRefusal(reason);
    setBusy(false);
    if (reason.rule !== null) choice.current?.focus();
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const tooEarly = lengthRefusal(password);
    if (tooEarly !== null) return refuse(tooEarly);
    setBusy(true);
    setRefusal(null);
    try {
      await register(registrationOf(words, password));
    } catch (error) {
      if (error instanceof Problem && error.status === 409) return refuse({ text: TAKEN, rule: null });
      return refuse(refusalOf(error));
    }
    try {
      onSignedIn(await signIn(words.email.trim(), password));
    } catch {
      onRegistered(words.email.trim());
    }
  };
  const set = (name: keyof Words, text: string): void => setWords({ ...words, [name]: text });
  return (
    <form class="sign-in__card" onSubmit={(event) => void submit(event)} aria-labelledby="register-title">
      <Mark />
      <h1 id="register-title">Register as a patient</h1>
      <p class="hint">
        Doctors and staff do not register: they are invited by their facility, and get a link to choose a password.
      </p>
      {refusal !== null && <Refused id="register-error">{refusal.text}</Refused>}
      <Who words={words} onWord={set} />
      <NewPassword
        input={choice}
        value={password}
        refusal={refusal}
        refusalId="register-error"
        onInput={(value) => {
          setPassword(value);
          setRefusal(null);
        }}
      />
      <More words={words} onWord={set} />
      <button class="button button--primary" type="submit" disabled={busy}>
        {busy ? "Making your account…" : "Register"}
      </button>
      <button class="link" type="button" onClick={onBack}>
        I have an account already
      </button>
    </form>
  );
}

interface FieldsProps {
  readonly words: Words;
  readonly onWord: (name: keyof Words, text: string) => void;
}

function Who({ words, onWord }: FieldsProps): JSX.Element {
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <>
      <label class="field">
        <span>Your name</span>
        <input
          ref={first}
          name="name"
          autocomplete="name"
          required
          maxLength={200}
          value={words.name}
          onInput={(event) => onWord("name", event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Email</span>
        <input
          type="email"
          name="email"
          autocomplete="username"
          required
          maxLength={254}
          value={words.email}
          onInput={(event) => onWord("email", event.currentTarget.value)}
        />
      </label>
    </>
  );
}

/** What may wait: nothing of it is needed to have an account. */
function More({ words, onWord }: FieldsProps): JSX.Element {
  return (
    <details class="more">
      <summary>More about you, which can wait</summary>
      <label class="field">
        <span>Phone</span>
        <input
          type="tel"
          name="phone"
          autocomplete="tel"
          placeholder="+91 98765 43210"
          value={words.phone}
          onInput={(event) => onWord("phone", event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Date of birth</span>
        <input
          type="date"
          name="date_of_birth"
          autocomplete="bday"
          min="1880-01-01"
          max={new Date().toISOString().slice(0, 10)}
          value={words.date_of_birth}
          onInput={(event) => onWord("date_of_birth", event.currentTarget.value)}
        />
      </label>
      <Choice label="Gender" name="gender" of={GENDERS} words={words} onWord={onWord} />
      <Choice label="Blood type" name="blood_type" of={BLOOD} words={words} onWord={onWord} />
      <label class="field">
        <span>Address</span>
        <input
          name="address"
          autocomplete="street-address"
          value={words.address}
          onInput={(event) => onWord("address", event.currentTarget.value)}
        />
      </label>
    </details>
  );
}

interface ChoiceProps extends FieldsProps {
  readonly label: string;
  readonly name: "gender" | "blood_type";
  readonly of: readonly string[];
}

function Choice({ label, name, of, words, onWord }: ChoiceProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} value={words[name]} onChange={(event) => onWord(name, event.currentTarget.value)}>
        <option value="">Not said</option>
        {of.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}
