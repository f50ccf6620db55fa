/** Makes this browser the tablet of an ambulance, by a claim code or the link behind its QR code. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Frame, Refused } from "../entry/frame.tsx";
import { Icon, Mark } from "../icons.tsx";
import { explainProblem } from "../shared/problems.tsx";
import { claimDevice } from "./crew-api.ts";
import { keepCredential } from "./credential.ts";
import type { Credential } from "./credential.ts";

const WRONG = "This code does not count: it was used, is older than a day, or is mistyped. Ask for a new one.";
const NO_AMBULANCE = "This device is in no ambulance. Somebody has to bind it to one on the page Devices first.";

async function claimed(code: string): Promise<Credential | string> {
  try {
    const credential = await claimDevice(code);
    if (credential === null) return NO_AMBULANCE;
    keepCredential(credential);
    return credential;
  } catch (error) {
    if (error instanceof Problem) return error.status === 404 ? WRONG : explainProblem(error);
    return "This browser keeps nothing: a private window, or full. A tablet needs its storage.";
  }
}

export interface SetUpProps {
  /** Of the link that led here. */
  readonly claim: string | null;
  /** The ambulance that this browser is the tablet of until now. */
  readonly before: string | null;
  readonly onDone: (credential: Credential) => void;
  /** Stay what it is; null for a browser that is no tablet. */
  readonly onStay: (() => void) | null;
}

export function SetUp({ claim, before, onDone, onStay }: SetUpProps): JSX.Element {
  const [code, setCode] = useState(claim ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const made = await claimed(code);
    setBusy(false);
    if (typeof made === "string") setError(made);
    else onDone(made);
  };
  return (
    <Frame title="Set up a tablet">
      <form class="sign-in__card" onSubmit={(event) => void submit(event)}>
        <Mark />
        <h1>This phone as a tablet</h1>
        <p class="sign-in__lead">
          {before === null
            ? "It will say where its ambulance is and take calls. An administrator or supervisor adds a tablet on the page Devices and gets a code."
            : `It is the tablet of ${before} until now. With this code it belongs to another ambulance, and forgets that one.`}
        </p>
        {error !== null && <Refused>{error}</Refused>}
        <label class="field">
          <span>Claim code</span>
          <input
            class="claim-code"
            value={code}
            required
            maxLength={64}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </label>
        <button class="button button--primary" type="submit" disabled={busy}>
          {busy ? "Setting up…" : "Set up this phone"}
        </button>
        {onStay !== null && (
          <button class="button" type="button" onClick={onStay}>
            Stay the tablet of {before}
          </button>
        )}
        <p class="hint">
          <Icon name="pin" /> It asks for your place next: allow it while you use the page. Tracking stops when the screen is
          locked.
        </p>
      </form>
    </Frame>
  );
}
