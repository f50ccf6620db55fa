/** Half an hour before the session ends its owner is told, and can sign in again without losing anything. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { sessionEnds } from "./api.ts";
import type { SignedIn, User } from "./api.ts";
import { Icon } from "./icons.tsx";
import { Reentry } from "./reentry.tsx";
import { useObserved } from "./shared/observable.ts";

const WARN_MS = 30 * 60_000;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export interface ExpiryWarningProps {
  readonly user: User;
  readonly onRenewed: (signedIn: SignedIn) => void;
}

/** Whether the warning is due; looked at each half minute, because timers sleep when machines do. */
function useDue(expiresAt: string | null): boolean {
  const isDue = (): boolean => expiresAt !== null && Date.now() > Date.parse(expiresAt) - WARN_MS;
  const [due, setDue] = useState(isDue);
  useEffect(() => {
    setDue(isDue());
    const timer = setInterval(() => setDue(isDue()), 30_000);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return due;
}

export function ExpiryWarning({ user, onRenewed }: ExpiryWarningProps): JSX.Element | null {
  const expiresAt = useObserved(sessionEnds);
  const due = useDue(expiresAt);
  const [asking, setAsking] = useState(false);
  const [putOff, setPutOff] = useState(false);
  useEffect(() => setPutOff(false), [expiresAt]);
  if (!due || expiresAt === null) return null;
  if (asking) {
    const onBack = (signedIn: SignedIn): void => {
      setAsking(false);
      onRenewed(signedIn);
    };
    return <Reentry user={user} early onBack={onBack} onLeave={() => setAsking(false)} />;
  }
  if (putOff) return null;
  return (
    <div class="expiry" role="status">
      <Icon name="warning" />
      <span>Your session ends at {CLOCK.format(Date.parse(expiresAt))}.</span>
      <button class="button button--small" type="button" onClick={() => setAsking(true)}>
        Sign in again now
      </button>
      <button class="icon-button" type="button" aria-label="Put it off" title="Put it off" onClick={() => setPutOff(true)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
