/** Everything known about the selected ambulance, now and in the past. */

import type { JSX } from "preact";
import { Facts } from "./details-facts.tsx";
import { TrackSection } from "./details-track.tsx";
import type { FleetStore, Row } from "./fleet-store.ts";
import { FreshnessBadge } from "./freshness-badge.tsx";
import { Icon, StatusIcon } from "./icons.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import type { Past } from "./track-past.ts";

export interface DetailsProps {
  readonly row: Row;
  readonly store: FleetStore;
  readonly past: Past;
  readonly map: FleetMap | null;
  readonly onShow: () => void;
  readonly onClose: () => void;
}

export function Details({ row, store, past, map, onShow, onClose }: DetailsProps): JSX.Element {
  const { unit, status, fix } = row;
  return (
    <section class={`details details--${row.freshness}`} aria-label={`Ambulance ${unit.plateNumber}`}>
      <header class="details__head">
        <StatusIcon status={status} freshness={row.freshness} />
        <div class="details__title">
          <h2>{unit.plateNumber}</h2>
          <p>{status.label}</p>
        </div>
        <FreshnessBadge row={row} />
        <button class="icon-button" type="button" aria-label="Close details" title="Close (Esc)" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="details__body">
        {fix === null ? <p class="details__none">This ambulance has not sent a position yet.</p> : <Facts row={row} />}
        {fix !== null && (
          <button class="button button--small" type="button" onClick={onShow}>
            Show on the map
          </button>
        )}
        <TrackSection id={unit.id} store={store} past={past} map={map} />
      </div>
    </section>
  );
}
