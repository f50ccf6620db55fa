/** Signing in, step by step: the password, then whatever second factor the hub asks for. */

import { useRef, useState } from "preact/hooks";
import { Problem, signIn } from "../api.ts";
import type { SignedIn } from "../api.ts";
import { explain } from "./words.ts";

export type Step =
  /** Who, and the password. */
  | "password"
  /** The code of the authenticator app, or one that replaces it. */
  | "code"
  /** This account needs a second factor and has none yet. */
  | "set-up";

export interface SignInSteps {
  readonly step: Step;
  readonly code: string;
  /** A recovery code is typed instead of the app's. */
  readonly recovery: boolean;
  readonly error: string | null;
  readonly busy: boolean;
  readonly onCode: (code: string) => void;
  readonly onRecovery: (recovery: boolean) => void;
  readonly onSubmit: (event?: Event) => void;
  /** Back to the password. */
  readonly onBack: () => void;
}

const NO_CODE: Readonly<Record<"app" | "recovery", string>> = {
  app: "This code does not count. Each one lives for half a minute and counts once: type the newest.",
  recovery: "This code does not count. Each recovery code works once: take another from your list.",
};

/** `onRefused` is told when the person has to type something again. */
export function useSignIn(
  email: string,
  password: string,
  onSignedIn: (signedIn: SignedIn) => void,
  onRefused: () => void,
): SignInSteps {
  const [step, setStep] = useState<Step>("password");
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const under = useRef(false);

  const refuse = (problem: unknown): void => {
    const asked = problem instanceof Problem && problem.status === 401 ? problem.code : null;
    if (asked === "second_factor_setup_required") return setStep("set-up");
    if (asked === "second_factor_required" && (step !== "code" || code === "")) return setStep("code");
    setError(asked !== null && step === "code" ? NO_CODE[recovery ? "recovery" : "app"] : explain(problem));
    onRefused();
  };
  const submit = async (): Promise<void> => {
    if (under.current) return; // Enter and a click at once
    under.current = true;
    setBusy(true);
    setError(null);
    try {
      const given = step === "code" ? code.replace(/\s/g, "") : "";
      onSignedIn(await signIn(email.trim(), password, given === "" ? undefined : given));
    } catch (problem) {
      setBusy(false);
      refuse(problem);
    } finally {
      under.current = false;
    }
  };
  return {
    step,
    code,
    recovery,
    error,
    busy,
    onCode: (text) => {
      setCode(text);
      setError(null);
    },
    onRecovery: (wanted) => {
      setRecovery(wanted);
      setCode("");
      setError(null);
    },
    onSubmit: (event) => {
      event?.preventDefault();
      void submit();
    },
    onBack: () => {
      setStep("password");
      setCode("");
      setError(null);
    },
  };
}
