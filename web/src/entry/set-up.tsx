/** Setting up a second factor: scan, type the first code, keep the recovery codes. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { CopyButton } from "../copy-button.tsx";
import { QrCode } from "../qr-code.tsx";
import { CodeField } from "./code-step.tsx";
import { confirmTotp, startTotp } from "./entry-api.ts";
import type { TotpStart } from "./entry-api.ts";
import { Refused } from "./frame.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { explain } from "./words.ts";

const WRONG = "This code does not count. Wait for the next one in the app, and check that the phone’s clock is right.";

function whyNot(problem: unknown): string {
  const code = problem instanceof Problem && problem.code === "second_factor_required";
  return code ? "The code of the present app does not count. Go back and type the newest." : explain(problem);
}

export interface SetUpProps {
  readonly email: string;
  readonly password: string;
  /** Of the second factor that is in force, when another takes its place. */
  readonly present?: string | undefined;
  /** What the button says that is pressed when all is kept. */
  readonly done?: string;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

export function SetUp(props: SetUpProps): JSX.Element {
  const { email, password, present, done = "Go on to the hub", onDone, onBack } = props;
  const [start, setStart] = useState<TotpStart | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    startTotp(email, password, present).then(
      (started) => !left && setStart(started),
      (problem: unknown) => !left && setError(whyNot(problem)),
    );
    return () => {
      left = true;
    };
  }, [attempt]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setCodes(await confirmTotp(email, password, code.replace(/\s/g, "")));
    } catch (problem) {
      const wrong = problem instanceof Problem && (problem.status === 401 || problem.status === 422);
      setError(wrong ? WRONG : explain(problem));
    }
    setBusy(false);
  };
  if (codes !== null) return <RecoveryCodes email={email} codes={codes} done={done} onDone={onDone} />;
  const again = start === null && error !== null && present === undefined;
  return (
    <form class="set-up" onSubmit={(event) => void submit(event)} aria-labelledby="set-up-title">
      <h1 id="set-up-title">Set up a second factor</h1>
      <p>
        Your account works with patients’ data, so it needs a code from your phone beside the password, once a shift on
        each workstation.
      </p>
      {error !== null && <Refused id="set-up-error">{error}</Refused>}
      {again && (
        <button class="button" type="button" onClick={() => (setError(null), setAttempt(attempt + 1))}>
          Try again
        </button>
      )}
      {start !== null && (
        <>
          <ScanMe start={start} />
          <p class="step">
            <b>2.</b> Type the six digits that the app now shows.
          </p>
          <CodeField
            value={code}
            wrong={error !== null}
            describedBy={error === null ? undefined : "set-up-error"}
            onInput={setCode}
          />
          <button class="button button--primary" type="submit" disabled={busy}>
            {busy ? "Checking the code…" : "Confirm"}
          </button>
        </>
      )}
      <button class="link" type="button" onClick={onBack}>
        Not now
      </button>
    </form>
  );
}

function ScanMe({ start }: { start: TotpStart }): JSX.Element {
  const grouped = start.secret.replace(/(.{4})(?=.)/g, "$1 ");
  return (
    <>
      <p class="step">
        <b>1.</b> Scan this with an authenticator app: any that makes codes for Google or Microsoft accounts will do.
      </p>
      <QrCode text={start.uri} label="QR code with the key below" />
      <p class="key">
        <span>Without a camera, type this key into the app:</span>
        <code data-key={start.secret}>{grouped}</code>
        <CopyButton text={start.secret} label="Copy the key" />
      </p>
    </>
  );
}
