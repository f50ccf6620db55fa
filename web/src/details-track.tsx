/** The past of the selected ambulance: its track on the map, what it comes to, and the files of it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FleetStore } from "./fleet-store.ts";
import { DOWNLOADS, downloadUrl } from "./history-api.ts";
import { Icon } from "./icons.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import { recall, remember } from "./memory.ts";
import { boxOf, within } from "./track.ts";
import type { Track } from "./track.ts";
import type { Colouring } from "./track-colour.ts";
import { nowMs, useTrack, useTrackLayer } from "./track-hooks.ts";
import { TrackLegend } from "./track-legend.tsx";
import type { Past } from "./track-past.ts";
import { LAST_HOUR } from "./track-range.ts";
import type { Choice, Range } from "./track-range.ts";
import { RangePicker } from "./track-range-picker.tsx";
import { TrackFailure, TrackLoading } from "./track-state.tsx";
import type { Span } from "./track-spans.ts";
import { summarise } from "./track-summary.ts";
import { distance, duration, span, zone } from "./track-time.ts";
import { TripsSection } from "./trips-section.tsx";

export interface TrackSectionProps {
  readonly id: number;
  readonly store: FleetStore;
  readonly past: Past;
  readonly map: FleetMap | null;
}

function zoomTo(map: FleetMap | null, track: Track): void {
  const box = boxOf([...track.points, ...track.stops]);
  if (box !== null) map?.showBox(...box);
}

function useColouring(): [Colouring, (chosen: Colouring) => void] {
  const [colouring, setColouring] = useState<Colouring>(recall("track-colour") === "time" ? "time" : "speed");
  const onColouring = (chosen: Colouring): void => {
    remember("track-colour", chosen === "speed" ? null : chosen);
    setColouring(chosen);
  };
  return [colouring, onColouring];
}

export function TrackSection({ id, store, past, map }: TrackSectionProps): JSX.Element {
  const [choice, setChoice] = useState<Choice>(LAST_HOUR);
  const [colouring, onColouring] = useColouring();
  const [highlight, setHighlight] = useState<Span | null>(null);
  const view = useTrack(store, past, id, choice);
  const { history, range, track } = view;
  useTrackLayer(map, { track, colouring, range, highlight });
  const known = history.problem !== null || history.missing(range).length === 0;
  const empty = track.points.length === 0;
  return (
    <section class="past" aria-label="Track">
      <div class="past__head">
        <h3>Track</h3>
        <RangePicker key={id} choice={choice} nowMs={nowMs(store)} onChoice={setChoice} />
        <button class="icon-button" type="button" aria-label="Read the track again" title="Read again" onClick={view.renew}>
          <Icon name="refresh" />
        </button>
      </div>
      <p class="past__span">
        {span(range.fromMs, range.toMs)} <span class="past__zone">{zone(range.toMs)}</span>
      </p>
      {!known && <TrackLoading progress={history.progress} range={range} />}
      {history.problem !== null && <TrackFailure problem={history.problem} onRetry={view.retry} />}
      {known && empty && history.problem === null && <p class="past__none">It sent no position in this time.</p>}
      {known && !empty && (
        <>
          <Figures track={track} />
          <TrackLegend colouring={colouring} range={range} onColouring={onColouring} />
          <button class="button button--small" type="button" onClick={() => zoomTo(map, track)}>
            <Icon name="route" />
            Show the track
          </button>
        </>
      )}
      <Downloads id={id} range={range} />
      <TripsSection
        key={id}
        id={id}
        choice={choice}
        store={store}
        reports={past.reports}
        onPoint={setHighlight}
        onShow={(stretch) => zoomTo(map, within(track, stretch))}
      />
    </section>
  );
}

function Figures({ track }: { track: Track }): JSX.Element {
  const { distanceM, drivingS, standingS, silentS, stops, gaps } = summarise(track);
  return (
    <dl class="figures">
      <div>
        <dt>Distance</dt>
        <dd>{distance(distanceM)}</dd>
      </div>
      <div>
        <dt>Driving</dt>
        <dd>{duration(drivingS)}</dd>
      </div>
      <div>
        <dt>{stops === 1 ? "1 stop" : `${stops} stops`}</dt>
        <dd>{duration(standingS)}</dd>
      </div>
      <div class={gaps > 0 ? "figures__silent" : ""}>
        <dt>No signal</dt>
        <dd>{gaps === 0 ? "–" : duration(silentS)}</dd>
      </div>
    </dl>
  );
}

/** Plain links: the browser sends the cookie, and writes to the disk what the hub streams. */
function Downloads({ id, range }: { id: number; range: Range }): JSX.Element {
  return (
    <p class="downloads">
      <Icon name="download" />
      <span class="visually-hidden">Download every fix of this range as</span>
      {DOWNLOADS.map((format) => (
        <a key={format} class="downloads__link" href={downloadUrl(id, format, range.fromMs, range.toMs)} download>
          {format === "geojson" ? "GeoJSON" : format.toUpperCase()}
        </a>
      ))}
    </p>
  );
}
