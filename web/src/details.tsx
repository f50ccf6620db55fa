/** Everything known about the selected ambulance. */

import type { JSX } from "preact";
import type { Row } from "./fleet-store.ts";
import { FreshnessBadge } from "./freshness-badge.tsx";
import * as format from "./format.ts";
import { Icon, StatusIcon } from "./icons.tsx";

export interface DetailsProps {
  readonly row: Row;
  readonly onShow: () => void;
  readonly onClose: () => void;
}

export function Details({ row, onShow, onClose }: DetailsProps): JSX.Element {
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
      {fix === null ? <p class="details__none">This ambulance has not sent a position yet.</p> : <Facts row={row} />}
      {fix !== null && (
        <button class="button button--small" type="button" onClick={onShow}>
          Show on the map
        </button>
      )}
    </section>
  );
}

function Facts({ row }: { row: Row }): JSX.Element | null {
  const { unit, fix, ageS } = row;
  if (fix === null || ageS === null) return null;
  return (
    <>
      <div class="gauges">
        <div class="gauge">
          <span class="gauge__value">{format.speed(fix.speed)}</span>
          <span class="gauge__unit">km/h</span>
        </div>
        <div class="gauge">
          <span class="gauge__value gauge__value--heading">
            {fix.heading !== null && (
              <span class="compass" style={{ transform: `rotate(${fix.heading}deg)` }}>
                <Icon name="arrow" />
              </span>
            )}
            {format.heading(fix.heading)}
          </span>
          <span class="gauge__unit">heading</span>
        </div>
        <div class="gauge">
          <span class="gauge__value">{format.age(ageS)}</span>
          <span class="gauge__unit">age of fix</span>
        </div>
      </div>
      <dl class="facts">
        <dt>Driver</dt>
        <dd>{unit.driverName ?? "–"}</dd>
        <dt>Position</dt>
        <dd>{format.coordinates(fix.latitude, fix.longitude)}</dd>
        <dt>Accuracy</dt>
        <dd>{format.accuracy(fix.accuracy)}</dd>
        <dt>Fix at</dt>
        <dd title={format.TIME_ZONE}>{format.clockTime(fix.fixAtUs)}</dd>
        {fix.alarmAtUs !== null && (
          <>
            <dt>Alarm</dt>
            <dd class="facts__alarm">SOS at {format.clockTime(fix.alarmAtUs)}</dd>
          </>
        )}
      </dl>
    </>
  );
}
