/** The fleet: map and list side by side, or the list as a sheet over the map on a phone. */

import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { AlarmsPanel } from "./alarms-panel.tsx";
import type { Alarm } from "./alarms.ts";
import type { User } from "./api.ts";
import { ConnectionBanner, useStanding } from "./connection-pill.tsx";
import { DetailsThen } from "./details-then.tsx";
import { Details } from "./details.tsx";
import { EmptyFleet, NothingMatches } from "./empty.tsx";
import { useEscape } from "./escape.ts";
import { useArea, useArranged, useChoice, useHeightOf, useLive } from "./fleet-hooks.ts";
import { FleetList } from "./fleet-list.tsx";
import { FleetStore, liveUrl } from "./fleet-store.ts";
import type { Row } from "./fleet-store.ts";
import { FollowChip } from "./follow.tsx";
import { Help } from "./help.tsx";
import { useKeys } from "./keys.ts";
import { ListControls } from "./list-controls.tsx";
import { MapView } from "./map-view.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import { Nearest, nearestTo } from "./nearest.tsx";
import { NoFleet } from "./no-fleet.tsx";
import type { Place } from "./order.ts";
import { PlaybackBand } from "./playback-band.tsx";
import { usePlayback, usePlaybackKeys } from "./playback-hooks.ts";
import { rowsAt } from "./playback-rows.ts";
import { PlaybackButton, PlaybackStage } from "./playback-stage.tsx";
import { Reentry } from "./reentry.tsx";
import { NO_FILTER } from "./selection.ts";
import { SheetHandle, useNarrow } from "./sheet.tsx";
import type { SheetState } from "./sheet.tsx";
import { tallyOf } from "./tally.ts";
import { TopBar } from "./top-bar.tsx";
import { Past } from "./track-past.ts";
import { useView } from "./view-hooks.ts";
import { useWakefulness } from "./wakefulness.ts";
import { useFullScreen, Wall } from "./wall.tsx";

export interface FleetPageProps {
  readonly user: User;
  readonly onSignOut: () => void;
  /** The session has ended, and its owner does not want to go on here. */
  readonly onExpired: () => void;
}

const NEAREST = 5;

export function FleetPage({ user, onSignOut, onExpired }: FleetPageProps): JSX.Element {
  const store = useMemo(() => new FleetStore(liveUrl(location)), []);
  const past = useMemo(() => new Past(), []);
  const { restart } = useLive(store);
  useWakefulness(store);
  const { connection, currency } = useStanding(store);
  const [sheet, setSheet] = useState<SheetState>("half");
  const playing = usePlayback(store, () => setSheet("peek"));
  usePlaybackKeys(playing);
  const { playback } = playing;
  const door = useView();
  const { view, onView } = door;
  const choice = useChoice();
  const { selected, following, onSelected, onFollowing } = choice;
  const [map, setMap] = useState<FleetMap | null>(null);
  const [moves, setMoves] = useState(0);
  const [pin, setPin] = useState<Place | null>(null);
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const side = useRef<HTMLElement>(null);
  const covered = useHeightOf(side, useNarrow() && !view.wall);
  useArea(store, map, view.areaOnly, moves);
  useFullScreen(view.wall);

  const live = store.rows();
  const liveTally = tallyOf(live);
  const rows = playback === null ? live : rowsAt(playback, store);
  const measured = view.sorting.column === "distance" || view.extras.has("distance");
  const from = pin ?? (measured ? (map?.centre() ?? null) : null);
  const { shown, shownIds } = useArranged(rows, view, from);
  const near = pin === null ? [] : nearestTo(shown, pin, NEAREST);
  const row = rows.find((one) => one.unit.id === selected) ?? null;

  const show = (one: Row | null): void => {
    if (one?.fix) map?.panTo(one.fix.latitude, one.fix.longitude);
  };
  const select = (id: number): void => {
    onSelected(id);
    show(rows.find((one) => one.unit.id === id) ?? null);
    if (sheet === "full") setSheet("half");
  };
  /** Where the ambulance is now, else where it called from. */
  const showAlarm = ({ ambulanceId, latitude, longitude }: Alarm): void => {
    if (playback !== null) playing.close();
    const one = ambulanceId === null ? null : store.row(ambulanceId);
    if (one !== null) onSelected(one.unit.id);
    if (one?.fix) show(one);
    else if (latitude !== null && longitude !== null) map?.panTo(latitude, longitude);
    if (sheet === "full") setSheet("half");
  };
  const follow = (): void => {
    if (row === null) return;
    show(row);
    onFollowing("on");
  };
  const fit = (): void => map?.fit(shown.flatMap(({ fix }) => (fix === null ? [] : [fix])));
  const ask = (place: Place | null): void => {
    setPin(place);
    map?.mark(place, []);
  };
  const toWall = (): void => {
    ask(null);
    onSelected(null);
    onView({ wall: true });
  };
  const askMiddle = (): void => ask(map?.centre() ?? null);
  useEscape(row !== null, () => onSelected(null));
  useEscape(following === "on", () => onFollowing("off"));
  useEscape(pin !== null, () => ask(null));
  useEscape(view.filter.text !== "", () => onView({ filter: { ...view.filter, text: "" } }));
  useKeys(
    {
      "/": () => search.current?.focus(),
      "?": () => setHelp(true),
      "0": fit,
      f: () => (following === "on" ? onFollowing("off") : follow()),
      "+": () => map?.zoomBy(1),
      "-": () => map?.zoomBy(-1),
      n: askMiddle,
      w: () => (view.wall ? onView({ wall: false }) : toWall()),
      Escape: () => search.current?.blur(),
    },
    connection.phase !== "signed_out",
  );
  if (map !== null && pin !== null) map.mark(pin, near.flatMap((one) => (one.row.fix === null ? [] : [one.row.fix])));
  if (connection.phase === "refused") return <NoFleet user={user} onSignOut={onSignOut} />;
  return (
    <div
      class={`fleet${view.wide ? " fleet--wide" : ""}${view.wall ? " fleet--wall" : ""}`}
      style={{ "--covered": `${covered}px` }}
      data-sheet={sheet}
      data-connection={connection.phase}
      data-currency={currency}
      data-selected={row !== null}
      data-playback={playback !== null}
    >
      <TopBar
        store={store}
        user={user}
        tally={liveTally}
        partial={view.areaOnly}
        onWall={toWall}
        onHelp={() => setHelp(true)}
        onSignOut={onSignOut}
      />
      <AlarmsPanel store={store} onShow={showAlarm} />
      <section class="side" ref={side} aria-label="List of ambulances">
        <SheetHandle state={sheet} onState={setSheet} />
        {playback !== null && <PlaybackBand playback={playback} />}
        <ListControls
          tally={playback === null ? liveTally : tallyOf(rows)}
          door={door}
          search={search}
          onFound={() => shown[0] !== undefined && view.filter.text !== "" && select(shown[0].unit.id)}
        />
        {pin !== null && (
          <Nearest near={near} partial={view.areaOnly} onSelect={select} onClose={() => ask(null)} />
        )}
        {shown.length > 0 && (
          <FleetList
            rows={shown}
            selected={selected}
            extras={view.extras}
            from={from}
            onSelect={select}
            onFollow={follow}
          />
        )}
        {shown.length === 0 && rows.length > 0 && <NothingMatches onReset={() => onView({ filter: NO_FILTER })} />}
        {rows.length === 0 && (
          <EmptyFleet
            loading={store.live.pictureAtMs === null}
            partial={view.areaOnly}
            onWhole={() => onView({ areaOnly: false })}
          />
        )}
        {row !== null && playback === null && (
          <Details
            row={row}
            store={store}
            past={past}
            map={map}
            onShow={() => show(row)}
            onClose={() => onSelected(null)}
          />
        )}
        {row !== null && playback !== null && (
          <DetailsThen row={row} onShow={() => show(row)} onClose={() => onSelected(null)} />
        )}
      </section>
      <main class="stage">
        <MapView
          store={store}
          shown={shownIds}
          selected={selected}
          following={following === "on" && playback === null}
          bottomInset={covered}
          at={view.at}
          onPick={onSelected}
          onPlace={ask}
          onDrag={() => following === "on" && onFollowing("strayed")}
          onMove={(at, chosen) => {
            setMoves((count) => count + 1);
            if (!view.wall) onView({ at: chosen ? at : null });
          }}
          onFit={fit}
          onNearest={askMiddle}
          onMap={setMap}
        />
        <div class="stage__head">
          <ConnectionBanner store={store} />
          {row?.fix && (
            <FollowChip
              plate={row.unit.plateNumber}
              following={following}
              onFollow={(next) => (next === "on" ? follow() : onFollowing(next))}
            />
          )}
        </div>
        {playback === null && <PlaybackButton onOpen={playing.open} />}
        {playback !== null && (
          <PlaybackStage
            playback={playback}
            store={store}
            map={map}
            selected={selected}
            following={following === "on"}
            admits={(id) => shownIds === null || shownIds.has(id)}
            bottomInset={covered}
            onLive={playing.close}
          />
        )}
        {view.wall && <Wall store={store} tally={liveTally} map={map} onLeave={() => onView({ wall: false })} />}
      </main>
      {help && <Help onClose={() => setHelp(false)} />}
      {connection.phase === "signed_out" && <Reentry user={user} onBack={restart} onLeave={onExpired} />}
    </div>
  );
}
