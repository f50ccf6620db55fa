/** For accounts that may not watch the fleet any more: why, and what to do. */

import type { JSX } from "preact";
import { EmptyState } from "./shared/data-table.tsx";
import { useShell } from "./shell/context.ts";
import { Page } from "./shell/page.tsx";

export function NoFleet(): JSX.Element {
  const { user } = useShell();
  return (
    <Page title="Fleet">
      <EmptyState
        title="No fleet for this account"
        text={`You are signed in as ${user.name} (${user.email}). The live map is for dispatchers, their supervisors and platform administrators. Are you one of them? Then a platform administrator has to give your account that duty.`}
      />
    </Page>
  );
}
