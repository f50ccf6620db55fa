/** Who we are, how the fleet stands, and whether this is live. */

import type { JSX } from "preact";
import type { User } from "./api.ts";
import { ConnectionPill } from "./connection-pill.tsx";
import type { FleetStore } from "./fleet-store.ts";
import { Icon, Mark } from "./icons.tsx";
import { countOf } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { ThemeToggle } from "./theme-toggle.tsx";

export interface TopBarProps {
  readonly store: FleetStore;
  readonly user: User;
  readonly tally: Tally;
  /** The hub was asked for a part of the fleet alone. */
  readonly partial: boolean;
  readonly onWall: () => void;
  readonly onHelp: () => void;
  readonly onSignOut: () => void;
}

export function TopBar({ store, user, tally, partial, onWall, onHelp, onSignOut }: TopBarProps): JSX.Element {
  return (
    <header class="top">
      <Mark />
      <h1 class="top__title">
        <span class="top__product">Arogya Hub</span>
        <span class="top__page">Fleet</span>
      </h1>
      <Sums tally={tally} partial={partial} />
      <ConnectionPill store={store} />
      <TopButton name="screen" label="Wall display" keys="W" onClick={onWall} />
      <TopButton name="help" label="Keys and marks" keys="?" onClick={onHelp} />
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

function Sums({ tally, partial }: { tally: Tally; partial: boolean }): JSX.Element {
  const available = countOf(tally, "available");
  return (
    <p class="top__sums">
      <span class="sum">
        <b>{tally.total}</b> {partial ? "in view" : tally.total === 1 ? "ambulance" : "ambulances"}
      </span>
      {tally.total > 0 && (
        <span class="sum sum--available">
          <b>{available.reachable}</b> available
          {available.lost > 0 && <span class="sum__lost">, {available.lost} no signal</span>}
        </span>
      )}
      {tally.stale + tally.lost + tally.none > 0 && (
        <span class="sum sum--late">
          <b>{tally.stale + tally.lost + tally.none}</b> not fresh
        </span>
      )}
      {tally.alarms > 0 && (
        <span class="sum sum--alarm" role="alert">
          <b>{tally.alarms}</b> SOS
        </span>
      )}
    </p>
  );
}

interface TopButtonProps {
  readonly name: "screen" | "help";
  readonly label: string;
  readonly keys: string;
  readonly onClick: () => void;
}

function TopButton({ name, label, keys, onClick }: TopButtonProps): JSX.Element {
  return (
    <button
      class={`icon-button top__${name}`}
      type="button"
      aria-label={label}
      title={`${label} (${keys})`}
      aria-keyshortcuts={keys}
      onClick={onClick}
    >
      <Icon name={name} />
    </button>
  );
}
