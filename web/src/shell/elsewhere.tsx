/** For addresses that lead nowhere, or where this account has no business. */

import type { JSX } from "preact";
import { EmptyState } from "../shared/data-table.tsx";
import { useShell } from "./context.ts";
import { Page } from "./page.tsx";

export function Elsewhere(): JSX.Element {
  const { landing } = useShell();
  return (
    <Page title="Nothing here for you">
      <EmptyState
        title="This page is not there, or not for your account"
        text="The menu shows every page that your account may see. If you need another one, ask an administrator."
        action={
          <a class="button button--primary" href={landing}>
            Where I begin
          </a>
        }
      />
    </Page>
  );
}
