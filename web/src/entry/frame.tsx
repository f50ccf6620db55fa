/** What stands around every page on the way in. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { ThemeToggle } from "../theme-toggle.tsx";

export function Frame({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Arogya Hub`;
  }, [title]);
  return (
    <main class="sign-in">
      <div class="sign-in__corner">
        <ThemeToggle />
      </div>
      {children}
    </main>
  );
}

/** Why something was refused; a screen reader says it at once. */
export function Refused({ id, children }: { id?: string; children: ComponentChildren }): JSX.Element {
  return (
    <p class="note note--error" role="alert" id={id}>
      <Icon name="warning" />
      <span>{children}</span>
    </p>
  );
}
