/** What the track's colours mean, and the choice between the two meanings. */

import type { JSX } from "preact";
import { SPEEDS } from "./track-colour.ts";
import type { Colouring } from "./track-colour.ts";
import type { Range } from "./track-range.ts";
import { minute } from "./track-time.ts";

export interface TrackLegendProps {
  readonly colouring: Colouring;
  readonly range: Range;
  readonly onColouring: (colouring: Colouring) => void;
}

export function TrackLegend({ colouring, range, onColouring }: TrackLegendProps): JSX.Element {
  return (
    <div class="track-legend">
      <div class="segments" role="group" aria-label="Colour of the track">
        {(["speed", "time"] as const).map((one) => (
          <button key={one} type="button" aria-pressed={colouring === one} onClick={() => onColouring(one)}>
            {one === "speed" ? "Speed" : "Time"}
          </button>
        ))}
      </div>
      <div class="ramp">
        <div class="ramp__colours" aria-hidden="true">
          {[1, 2, 3, 4, 5].map((number) => (
            <span key={number} class={`ramp__${number}`} />
          ))}
        </div>
        {colouring === "speed" ? (
          <div class="ramp__marks ramp__marks--between">
            {SPEEDS.map((limit) => (
              <span key={limit}>{limit}</span>
            ))}
            <span>km/h</span>
          </div>
        ) : (
          <div class="ramp__marks">
            <span>{minute(range.fromMs)}</span>
            <span>{minute(range.toMs)}</span>
          </div>
        )}
      </div>
    </div>
  );
}
