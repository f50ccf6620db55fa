/** The map and what lies on it: how the connection stands, following, the past, and the wall's counters. */

import type { JSX } from "preact";
import { ConnectionBanner } from "./connection-pill.tsx";
import type { Desk } from "./fleet-desk.ts";
import { FollowChip } from "./follow.tsx";
import { MapView } from "./map-view.tsx";
import { PlaybackButton, PlaybackStage } from "./playback-stage.tsx";
import { Wall } from "./wall.tsx";

export function FleetStage({ desk }: { desk: Desk }): JSX.Element {
  const { store, map, door, row, following, covered, shownIds, onFollowing } = desk;
  const { view, onView } = door;
  const { playback } = desk.playing;
  return (
    <main class="stage">
      <MapView
        store={store}
        shown={shownIds}
        selected={desk.selected}
        following={following === "on" && playback === null}
        bottomInset={covered}
        at={view.at}
        onPick={desk.onSelected}
        onPlace={desk.ask}
        onDrag={() => following === "on" && onFollowing("strayed")}
        onMove={(at, chosen) => {
          desk.onMoved();
          if (!view.wall) onView({ at: chosen ? at : null });
        }}
        onFit={desk.fit}
        onNearest={desk.askMiddle}
        onMap={desk.onMap}
      />
      <div class="stage__head">
        <ConnectionBanner store={store} />
        {row?.fix && (
          <FollowChip
            plate={row.unit.plateNumber}
            following={following}
            onFollow={(next) => (next === "on" ? desk.follow() : onFollowing(next))}
          />
        )}
      </div>
      {playback === null && <PlaybackButton onOpen={desk.playing.open} />}
      {playback !== null && (
        <PlaybackStage
          playback={playback}
          store={store}
          map={map}
          selected={desk.selected}
          following={following === "on"}
          admits={(id) => shownIds === null || shownIds.has(id)}
          bottomInset={covered}
          onLive={desk.playing.close}
        />
      )}
      {view.wall && <Wall store={store} tally={desk.liveTally} map={map} onLeave={() => onView({ wall: false })} />}
    </main>
  );
}
