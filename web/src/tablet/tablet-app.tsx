/** The page /tablet: set up, or at work. Nobody signs in here: the phone itself is known to the hub. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Toasts } from "../shared/toast.tsx";
import { TABLET } from "../shell/routes.tsx";
import { Cockpit } from "./cockpit.tsx";
import { keepCredential, keptCredential, takeClaim } from "./credential.ts";
import type { Credential } from "./credential.ts";
import { SetUp } from "./set-up.tsx";
import { Tablet } from "./tablet-store.ts";

export function TabletApp(): JSX.Element {
  const [credential, setCredential] = useState(keptCredential);
  const [claim, setClaim] = useState(takeClaim);
  useEffect(() => {
    // a set-up link that is opened where the page is open already changes the fragment alone
    const onHashChange = (): void => setClaim((before) => takeClaim() ?? before);
    addEventListener("hashchange", onHashChange);
    return () => removeEventListener("hashchange", onHashChange);
  }, []);
  if (credential === null || claim !== null) {
    const onDone = (made: Credential): void => {
      setCredential(made);
      setClaim(null);
    };
    const onStay = credential === null ? null : () => setClaim(null);
    return <SetUp claim={claim} before={credential?.plate ?? null} onDone={onDone} onStay={onStay} />;
  }
  const onForget = (): void => {
    keepCredential(null);
    setCredential(null);
  };
  return <AtWork key={credential.deviceId} credential={credential} onForget={onForget} />;
}

/** Have the page kept for outages, where the browser does that: not with a certificate that was clicked away. */
function keepPage(): void {
  const script = document.querySelector<HTMLMetaElement>("meta[name=keeper]")?.content;
  if (script === undefined || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(script, { scope: TABLET.path }).catch(() => undefined);
}

function AtWork({ credential, onForget }: { credential: Credential; onForget: () => void }): JSX.Element {
  const tablet = useMemo(() => new Tablet(credential), [credential]);
  useEffect(() => {
    document.title = `${credential.plate} · Arogya Hub`;
    keepPage();
    const onTouch = (): void => tablet.ringer.unlock();
    tablet.start();
    document.addEventListener("pointerdown", onTouch);
    return () => {
      document.removeEventListener("pointerdown", onTouch);
      void tablet.stop();
    };
  }, [tablet]);
  return (
    <>
      <Cockpit tablet={tablet} onForget={onForget} />
      <Toasts />
    </>
  );
}
