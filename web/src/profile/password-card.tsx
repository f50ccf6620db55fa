/** Changing one's password: every session ends with it, and this one begins anew at once. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem, signIn, whileRenewing } from "../api.ts";
import type { User } from "../api.ts";
import { Refused } from "../entry/frame.tsx";
import { lengthRefusal, NewPassword, refusalOf } from "../entry/new-password.tsx";
import type { Refusal } from "../entry/new-password.tsx";
import { PasswordField } from "../password-field.tsx";
import { explainProblem } from "../shared/problems.tsx";
import { toast } from "../shared/toast.tsx";
import { useShell } from "../shell/context.ts";
import { Card } from "../shell/page.tsx";
import { sessionHasEnded, sessionIsBack } from "../shell/session-end.ts";
import { changePassword } from "./profile-api.ts";

const WRONG = "This is not your present password. Check it and try again.";
const CHANGED = "Your password is changed. You stay signed in here; everywhere else it ends.";

/** Change it and sign in with the new one, before anything on this page asks the hub for something else. */
async function exchangePassword(user: User, current: string, next: string): Promise<void> {
  await changePassword(user.id, current, next);
  try {
    await signIn(user.email, next);
    sessionIsBack();
    toast(CHANGED);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    sessionHasEnded(); // a second factor is due, or the hub is away: it is changed all the same
  }
}

export function PasswordCard(): JSX.Element {
  const { user } = useShell();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const tooEarly = lengthRefusal(next);
    setWrong(false);
    setRefusal(tooEarly);
    if (tooEarly !== null) return second.current?.focus();
    setBusy(true);
    try {
      await whileRenewing(exchangePassword(user, current, next));
      setCurrent("");
      setNext("");
    } catch (error) {
      refuse(error);
    }
    setBusy(false);
  };
  const refuse = (error: unknown): void => {
    const isCurrent = error instanceof Problem && (error.field === "current_password" || error.status === 401);
    setWrong(isCurrent);
    setRefusal(isCurrent ? { text: WRONG, rule: null } : refusalOf(error, "new_password", explainProblem));
    (isCurrent ? first : second).current?.focus();
  };
  return (
    <Card title="Password">
      <form class="form" noValidate onSubmit={(event) => void submit(event)} aria-label="Change my password">
        {refusal !== null && <Refused id="password-error">{refusal.text}</Refused>}
        <input type="email" name="email" autocomplete="username" value={user.email} readOnly hidden />
        <PasswordField
          label="Present password"
          name="current-password"
          purpose="current-password"
          input={first}
          value={current}
          wrong={wrong}
          describedBy={wrong ? "password-error" : undefined}
          onInput={setCurrent}
        />
        <NewPassword
          name="new-password"
          input={second}
          value={next}
          refusal={refusal}
          refusalId="password-error"
          onInput={(value) => {
            setNext(value);
            setRefusal(null);
          }}
        />
        <div class="form__foot">
          <button class="button button--primary" type="submit" disabled={busy || current === ""}>
            {busy ? "Changing…" : "Change password"}
          </button>
        </div>
      </form>
    </Card>
  );
}
