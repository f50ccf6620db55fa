/** Who we are, how the fleet stands, and whether this is live. */

import type { JSX } from "preact";
import { ConnectionPill } from "./connection-pill.tsx";
import type { FleetStore } from "./fleet-store.ts";
import { Icon } from "./icons.tsx";
import { MenuButton } from "./shell/menu.tsx";
import { TopEnd } from "./shell/top-end.tsx";
import { countOf } from "./tally.ts";
import type { Tally } from "./tally.ts";

export interface TopBarProps {
  readonly store: FleetStore;
  readonly tally: Tally;
  /** The hub was asked for a part of the fleet alone. */
  readonly partial: boolean;
  readonly onWall: () => void;
}

export function TopBar({ store, tally, partial, onWall }: TopBarProps): JSX.Element {
  return (
    <header class="top">
      <MenuButton />
      <h1 class="top__title">
        <span class="top__product">Arogya Hub</span>
        <span class="top__page">Fleet</span>
      </h1>
      <Sums tally={tally} partial={partial} />
      <ConnectionPill store={store} />
      <button
        class="icon-button top__screen"
        type="button"
        aria-label="Wall display"
        title="Wall display (W)"
        aria-keyshortcuts="W"
        onClick={onWall}
      >
        <Icon name="screen" />
      </button>
      <TopEnd />
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
