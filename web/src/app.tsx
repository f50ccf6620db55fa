/** Who is let in: the pages to those who are signed in, else the way there. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Activate } from "./activate.tsx";
import { takeInvitation } from "./activation.ts";
import type { Invitation } from "./activation.ts";
import { currentSession, Problem, signOut } from "./api.ts";
import type { User } from "./api.ts";
import { recall, remember } from "./memory.ts";
import { TABLET } from "./shell/routes.tsx";
import { Shell } from "./shell/shell.tsx";
import { SignIn } from "./sign-in.tsx";
import { TabletApp } from "./tablet/tablet-app.tsx";

type State =
  | { readonly page: "asking" }
  | { readonly page: "activation"; readonly invitation: Invitation }
  | { readonly page: "sign-in"; readonly note: string | null; readonly email: string | null }
  | { readonly page: "inside"; readonly user: User };

const ENDED = "Your session has ended. Sign in again to go on.";
const CHOSEN = "Your password is set. Sign in with it now.";
const RETRY_MS = 2_000;

/** The page of those who come without an activation link. */
function usual(): State {
  // the cookie cannot be seen from here: remember that there may be one, so that newcomers cause no failed request
  return recall("signed-in") === null ? { page: "sign-in", note: null, email: null } : { page: "asking" };
}

function invited(): State | null {
  const invitation = takeInvitation();
  return invitation === null ? null : { page: "activation", invitation };
}

export function App(): JSX.Element | null {
  return location.pathname === TABLET.path ? <TabletApp /> : <People />;
}

/** All pages but the tablet's, which is a device and signs nobody in. */
function People(): JSX.Element | null {
  const [state, setState] = useState<State>(() => invited() ?? usual());
  const [attempt, setAttempt] = useState(0);

  const leave = (note: string | null, email: string | null = null): void => {
    remember("signed-in", null);
    setState({ page: "sign-in", note, email });
  };
  const enter = (user: User): void => {
    remember("signed-in", "yes");
    setState({ page: "inside", user });
  };

  useEffect(() => {
    // a link that is opened where the hub is open already changes the fragment alone
    const onHashChange = (): void => {
      const next = invited();
      if (next !== null) setState(next);
    };
    addEventListener("hashchange", onHashChange);
    return () => removeEventListener("hashchange", onHashChange);
  }, []);
  useEffect(() => {
    if (state.page !== "asking") return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false; // for another page, before the answer came
    currentSession().then(
      ({ user }) => {
        if (!left) enter(user);
      },
      (error: unknown) => {
        if (left) return;
        if (error instanceof Problem && error.status === 401) leave(ENDED);
        else timer = setTimeout(() => setAttempt(attempt + 1), RETRY_MS);
      },
    );
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [attempt, state.page]);

  if (state.page === "asking") {
    return attempt === 0 ? null : <p class="sign-in sign-in__wait">The hub cannot be reached. Trying again…</p>;
  }
  if (state.page === "activation") {
    const { token, email } = state.invitation;
    const onChosen = (): void => leave(CHOSEN, email);
    const onLeave = (): void => setState(usual());
    return <Activate key={token} invitation={state.invitation} onChosen={onChosen} onLeave={onLeave} />;
  }
  if (state.page === "sign-in") {
    return <SignIn note={state.note} email={state.email} onSignedIn={({ user }) => enter(user)} />;
  }
  const onSignOut = (): void => {
    // also when the hub cannot be told: the person wants to be gone
    void signOut().catch(() => undefined);
    leave(null);
  };
  return (
    <Shell key={state.user.id} user={state.user} onUser={enter} onSignOut={onSignOut} onExpired={() => leave(ENDED)} />
  );
}
