/** Everything of a playback that lies on the map: the fleet as it was, the band above and the bar below. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { FleetStore } from "./fleet-store.ts";
import { Icon } from "./icons.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import { latitudeOf, longitudeOf } from "./map/mercator.ts";
import type { Playback } from "./playback.ts";
import { PlaybackBand } from "./playback-band.tsx";
import { PlaybackBar } from "./playback-bar.tsx";
import { usePlaybackLayer, usePlaybackState } from "./playback-hooks.ts";
import { nowMs } from "./track-hooks.ts";

export interface PlaybackStageProps {
  readonly playback: Playback;
  readonly store: FleetStore;
  readonly map: FleetMap | null;
  readonly selected: number | null;
  /** The map goes along with the selected one. */
  readonly following: boolean;
  readonly admits: (id: number) => boolean;
  readonly bottomInset: number;
  readonly onLive: () => void;
}

export function PlaybackStage(props: PlaybackStageProps): JSX.Element {
  const { playback, store, map, selected, following, admits, bottomInset, onLive } = props;
  const nameOf = (id: number): string => store.live.fleet.units.get(id)?.plateNumber ?? "";
  usePlaybackLayer(map, playback, { reel: playback.reel, selected, nameOf, admits });
  usePlaybackState(playback);
  const { atMs } = playback;
  useEffect(() => {
    const seen = following && selected !== null ? playback.reel.seen(selected, atMs) : null;
    if (seen !== null) map?.camera.keep({ latitude: latitudeOf(seen.y), longitude: longitudeOf(seen.x) });
  }, [following, selected, atMs]);
  return (
    <>
      <PlaybackBand playback={playback} onLive={onLive} />
      <PlaybackBar playback={playback} bottomInset={bottomInset} nowMs={() => nowMs(store)} />
    </>
  );
}

export function PlaybackButton({ onOpen }: { onOpen: () => void }): JSX.Element {
  return (
    <button class="button button--small playback-open" type="button" title="Playback (P)" onClick={onOpen}>
      <Icon name="history" />
      Playback
    </button>
  );
}
