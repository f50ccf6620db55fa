/** How it stands with my second factor, new recovery codes, and moving it to another phone. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { CodeField } from "../entry/code-step.tsx";
import { Refused } from "../entry/frame.tsx";
import { RecoveryCodes } from "../entry/recovery-codes.tsx";
import { SetUp } from "../entry/set-up.tsx";
import { PasswordField } from "../password-field.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { explainProblem, Failure } from "../shared/problems.tsx";
import { toast } from "../shared/toast.tsx";
import { useRecord } from "../shared/use-record.ts";
import { sayMoment } from "../shared/words.ts";
import { useShell } from "../shell/context.ts";
import { Card } from "../shell/page.tsx";
import { renewRecoveryCodes } from "./profile-api.ts";
import type { SecondFactor } from "./profile-api.ts";

/** With so few recovery codes left, it is time for new ones. */
const FEW = 3;
const WRONG = "This code does not count. Each one counts once: type the newest.";

type Open = "codes" | "set-up" | null;

export function SecondFactorCard(): JSX.Element {
  const { row, problem, reload } = useRecord<SecondFactor>("/totp");
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => {
    setOpen(null);
    reload();
  };
  return (
    <Card title="Second factor">
      {problem !== null && <Failure error={problem} onRetry={reload} />}
      {row !== null && <Standing factor={row} onOpen={setOpen} />}
      {open === "codes" && <NewCodes onClose={close} />}
      {open === "set-up" && <Move enabled={row?.enabled === true} onClose={close} />}
    </Card>
  );
}

function Standing({ factor, onOpen }: { factor: SecondFactor; onOpen: (open: Open) => void }): JSX.Element {
  if (!factor.enabled) {
    return (
      <div class="card__row">
        <p>
          {factor.required
            ? "None yet: the next sign-in asks you to set one up."
            : "None, and this hub does not ask for one. A code from your phone beside the password keeps others out who have found it."}
        </p>
        <button class="button button--small" type="button" onClick={() => onOpen("set-up")}>
          Set one up
        </button>
      </div>
    );
  }
  const left = factor.recovery_codes_left;
  return (
    <>
      <div class="card__row">
        <p>
          <span class="mark-of mark-of--good">On</span> since {sayMoment(factor.confirmed_at)}, with an app on your phone.
        </p>
        <button class="button button--small" type="button" onClick={() => onOpen("set-up")}>
          Move to another phone
        </button>
      </div>
      <div class="card__row">
        <p>
          <span class={left <= FEW ? "mark-of mark-of--warn" : "mark-of"}>{left}</span> recovery{" "}
          {left === 1 ? "code is" : "codes are"} left, for days without the phone.
        </p>
        <button class="button button--small" type="button" onClick={() => onOpen("codes")}>
          New recovery codes
        </button>
      </div>
    </>
  );
}

function NewCodes({ onClose }: { onClose: () => void }): JSX.Element {
  const { user } = useShell();
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setCodes(await renewRecoveryCodes(code.replace(/\s/g, "")));
    } catch (problem) {
      setError(problem instanceof Problem && problem.status === 422 ? WRONG : explainProblem(problem));
    }
    setBusy(false);
  };
  return (
    <Dialog title="New recovery codes" size="small" busy={codes !== null} onClose={onClose}>
      {codes !== null ? (
        <RecoveryCodes email={user.email} codes={codes} done="Done" onDone={onClose} />
      ) : (
        <form class="form" onSubmit={(event) => void submit(event)}>
          <p>The ones you have now stop working as soon as the new ones are made.</p>
          {error !== null && <Refused id="codes-error">{error}</Refused>}
          <CodeField value={code} wrong={error !== null} describedBy="codes-error" onInput={setCode} />
          <button class="button button--primary" type="submit" disabled={busy}>
            Make new codes
          </button>
        </form>
      )}
    </Dialog>
  );
}

function Move({ enabled, onClose }: { enabled: boolean; onClose: () => void }): JSX.Element {
  const { user } = useShell();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [shown, setShown] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const done = (): void => {
    toast("Your second factor is on");
    onClose();
  };
  return (
    <Dialog title={enabled ? "Move to another phone" : "Set up a second factor"} size="small" busy={shown} onClose={onClose}>
      {shown ? (
        <SetUp
          email={user.email}
          password={password}
          present={enabled ? code.replace(/\s/g, "") : undefined}
          done="Done"
          onDone={done}
          onBack={() => setShown(false)}
        />
      ) : (
        <form class="form" onSubmit={(event) => (event.preventDefault(), setShown(true))}>
          <p>
            First show that it is you
            {enabled ? ": with your password, and a code of the phone that you have now or a recovery code." : "."}
          </p>
          <PasswordField
            label="Password"
            name="present-password"
            purpose="current-password"
            input={input}
            value={password}
            wrong={false}
            onInput={setPassword}
          />
          {enabled && <CodeField value={code} wrong={false} takesFocus={false} onInput={setCode} />}
          <button class="button button--primary" type="submit">
            Go on
          </button>
        </form>
      )}
    </Dialog>
  );
}
