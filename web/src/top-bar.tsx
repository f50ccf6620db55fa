/** Who we are, how the fleet stands, and whether this is live. */

import type { JSX } from "preact";
import type { User } from "./api.ts";
import { ConnectionPill } from "./connection-pill.tsx";
import type { FleetStore, Row } from "./fleet-store.ts";
import { useConnection } from "./hooks.ts";
import { Icon, Mark } from "./icons.tsx";
import { overdue } from "./selection.ts";
import { ThemeToggle } from "./theme-toggle.tsx";

export interface TopBarProps {
  readonly store: FleetStore;
  readonly user: User;
  readonly rows: readonly Row[];
  readonly onSignOut: () => void;
}

export function TopBar({ store, user, rows, onSignOut }: TopBarProps): JSX.Element {
  const { phase } = useConnection(store);
  const late = rows.filter(overdue).length;
  const alarms = rows.filter((row) => row.alarm).length;
  return (
    <header class="top">
      <Mark />
      <h1 class="top__title">
        <span class="top__product">Arogya Hub</span>
        <span class="top__page">Fleet</span>
      </h1>
      <p class="top__sums">
        {phase !== "refused" && (
          <span class="sum">
            <b>{rows.length}</b> {rows.length === 1 ? "ambulance" : "ambulances"}
          </span>
        )}
        {late > 0 && (
          <span class="sum sum--late">
            <b>{late}</b> not fresh
          </span>
        )}
        {alarms > 0 && (
          <span class="sum sum--alarm" role="alert">
            <b>{alarms}</b> SOS
          </span>
        )}
      </p>
      <ConnectionPill store={store} />
      <ThemeToggle />
      <span class="top__user" title={user.email}>
        {user.name}
      </span>
      <button class="icon-button" type="button" aria-label="Sign out" title="Sign out" onClick={onSignOut}>
        <Icon name="leave" />
      </button>
    </header>
  );
}
