/** Everything of a playback that lies on the map: the fleet as it was, the band above and the bar below. */

import type { JSX } from "preact";
import type { FleetStore } from "./fleet-store.ts";
import { Icon } from "./icons.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import type { Playback } from "./playback.ts";
import { PlaybackBand } from "./playback-band.tsx";
import { PlaybackBar } from "./playback-bar.tsx";
import { usePlaybackLayer } from "./playback-hooks.ts";
import { nowMs } from "./track-hooks.ts";

export interface PlaybackStageProps {
  readonly playback: Playback;
  readonly store: FleetStore;
  readonly map: FleetMap | null;
  readonly selected: number | null;
  readonly admits: (id: number) => boolean;
  readonly bottomInset: number;
  readonly onLive: () => void;
}

export function PlaybackStage(props: PlaybackStageProps): JSX.Element {
  const { playback, store, map, selected, admits, bottomInset, onLive } = props;
  const nameOf = (id: number): string => store.live.fleet.units.get(id)?.plateNumber ?? "";
  usePlaybackLayer(map, playback, { reel: playback.reel, selected, nameOf, admits });
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
