/** Signed in or not: one of two pages. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { currentSession, Problem, signOut } from "./api.ts";
import type { User } from "./api.ts";
import { FleetPage } from "./fleet-page.tsx";
import { recall, remember } from "./memory.ts";
import { SignIn } from "./sign-in.tsx";

type State =
  | { readonly page: "asking" }
  | { readonly page: "sign-in"; readonly note: string | null }
  | { readonly page: "fleet"; readonly user: User };

const ENDED = "Your session has ended. Sign in again to go on.";
const RETRY_MS = 2_000;

export function App(): JSX.Element | null {
  // the cookie cannot be seen from here: remember that there may be one, so that newcomers cause no failed request
  const [state, setState] = useState<State>(
    recall("signed-in") === null ? { page: "sign-in", note: null } : { page: "asking" },
  );
  const [attempt, setAttempt] = useState(0);

  const leave = (note: string | null): void => {
    remember("signed-in", null);
    setState({ page: "sign-in", note });
  };
  const enter = (user: User): void => {
    remember("signed-in", "yes");
    setState({ page: "fleet", user });
  };

  useEffect(() => {
    if (state.page !== "asking") return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    currentSession().then(
      ({ user }) => enter(user),
      (error: unknown) => {
        if (error instanceof Problem && error.status === 401) leave(ENDED);
        else timer = setTimeout(() => setAttempt(attempt + 1), RETRY_MS);
      },
    );
    return () => clearTimeout(timer);
  }, [attempt]);

  if (state.page === "asking") {
    return attempt === 0 ? null : <p class="sign-in sign-in__wait">The hub cannot be reached. Trying again…</p>;
  }
  if (state.page === "sign-in") return <SignIn note={state.note} onSignedIn={({ user }) => enter(user)} />;
  const onSignOut = (): void => {
    // also when the hub cannot be told: the person wants to be gone
    void signOut().catch(() => undefined);
    leave(null);
  };
  return <FleetPage user={state.user} onSignOut={onSignOut} onExpired={() => leave(ENDED)} />;
}
