/** The end of every top bar: help, theme, who is signed in, and the way out. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { ThemeToggle } from "../theme-toggle.tsx";
import { useShell } from "./context.ts";

export function TopEnd(): JSX.Element {
  const { user, openHelp, signOut } = useShell();
  return (
    <>
      <button
        class="icon-button top__help"
        type="button"
        aria-label="Keys and marks"
        title="Keys and marks (?)"
        aria-keyshortcuts="?"
        onClick={openHelp}
      >
        <Icon name="help" />
      </button>
      <ThemeToggle />
      <a class="top__user" href="/profile" title={`My profile: ${user.email}`}>
        {user.name}
      </a>
      <button class="icon-button top__leave" type="button" aria-label="Sign out" title="Sign out" onClick={signOut}>
        <Icon name="leave" />
      </button>
    </>
  );
}
