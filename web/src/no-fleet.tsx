/** For accounts that may not watch the fleet: why, and what to do. */

import type { JSX } from "preact";
import type { User } from "./api.ts";
import { Mark } from "./icons.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

const ROLES: Readonly<Record<string, string>> = {
  patient: "patient",
  doctor: "doctor",
  staff: "staff member without a dispatcher's duty",
};

export function NoFleet({ user, onSignOut }: { user: User; onSignOut: () => void }): JSX.Element {
  return (
    <main class="sign-in">
      <div class="sign-in__corner">
        <ThemeToggle />
      </div>
      <section class="sign-in__card" aria-labelledby="no-fleet-title">
        <Mark />
        <h1 id="no-fleet-title">No fleet for this account</h1>
        <p>
          You are signed in as <b>{user.name}</b> ({user.email}), a {ROLES[user.role] ?? user.role}. The live map is for
          dispatchers, their supervisors and platform administrators.
        </p>
        <p>Are you one of them? Then a platform administrator has to give your account that duty.</p>
        <p>Everything else that your account may do is open to the apps that your clinic uses with this hub.</p>
        <button class="button button--primary" type="button" onClick={onSignOut}>
          Sign out
        </button>
      </section>
    </main>
  );
}
