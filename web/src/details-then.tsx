/** What is known of the selected ambulance at the moment that is played back. */

import type { JSX } from "preact";
import { CopyablePosition } from "./details-position.tsx";
import type { Row } from "./fleet-store.ts";
import * as format from "./format.ts";
import { Icon, StatusIcon } from "./icons.tsx";

export interface DetailsThenProps {
  readonly row: Row;
  readonly onShow: () => void;
  readonly onClose: () => void;
}

export function DetailsThen({ row, onShow, onClose }: DetailsThenProps): JSX.Element {
  const { unit, status, fix, ageS } = row;
  return (
    <section class="details details--then" aria-label={`Ambulance ${unit.plateNumber}`}>
      <header class="details__head">
        <StatusIcon status={status} freshness={row.freshness} />
        <div class="details__title">
          <h2>{unit.plateNumber}</h2>
          <p>{status.label}</p>
        </div>
        <button class="icon-button" type="button" aria-label="Close details" title="Close (Esc)" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {fix === null || ageS === null ? (
        <p class="details__none">
          {status.code === "then_unread" ? "This moment is not loaded yet." : "Nothing was heard of it in the ten minutes before."}
        </p>
      ) : (
        <div class="details__body">
          <dl class="facts">
            <dt>Speed then</dt>
            <dd>{fix.speed === null ? "–" : `${format.speed(fix.speed)} km/h`}</dd>
            <dt>Heading</dt>
            <dd>{format.heading(fix.heading)}</dd>
            <dt>Position</dt>
            <CopyablePosition latitude={fix.latitude} longitude={fix.longitude} />
            <dt>Last heard</dt>
            <dd>
              {format.clockTime(fix.fixAtUs)}
              {ageS >= 1 && ` · ${format.age(ageS)} before`}
            </dd>
          </dl>
          <button class="button button--small" type="button" onClick={onShow}>
            Show on the map
          </button>
        </div>
      )}
    </section>
  );
}
