/** What the newest fix of an ambulance says, and how old it is. */

import type { JSX } from "preact";
import { CopyablePosition } from "./details-position.tsx";
import type { Row } from "./fleet-store.ts";
import * as format from "./format.ts";
import { Icon } from "./icons.tsx";
import { zone } from "./track-time.ts";

export function Facts({ row }: { row: Row }): JSX.Element | null {
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
        <CopyablePosition latitude={fix.latitude} longitude={fix.longitude} />
        <dt>Accuracy</dt>
        <dd>{format.accuracy(fix.accuracy)}</dd>
        <dt>Fix at</dt>
        <dd>
          {format.clockTime(fix.fixAtUs)} <span class="facts__zone">{zone(fix.fixAtUs / 1000)}</span>
        </dd>
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
