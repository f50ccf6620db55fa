/** The fleet: map and list side by side, or the list as a sheet over the map on a phone. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { User } from "./api.ts";
import { ConnectionBanner } from "./connection-pill.tsx";
import { DetailsThen } from "./details-then.tsx";
import { Details } from "./details.tsx";
import { EmptyFleet, NothingMatches } from "./empty.tsx";
import { FleetList } from "./fleet-list.tsx";
import { FleetStore, liveUrl } from "./fleet-store.ts";
import type { Row } from "./fleet-store.ts";
import { useConnection, useFleet } from "./hooks.ts";
import { ListControls } from "./list-controls.tsx";
import { MapView } from "./map-view.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import { PlaybackBand } from "./playback-band.tsx";
import { usePlayback, usePlaybackKeys } from "./playback-hooks.ts";
import { rowsAt } from "./playback-rows.ts";
import { PlaybackButton, PlaybackStage } from "./playback-stage.tsx";
import { arrange, NO_FILTER } from "./selection.ts";
import type { Filter, Order } from "./selection.ts";
import { SHEET_PART, SheetHandle, useNarrow } from "./sheet.tsx";
import type { SheetState } from "./sheet.tsx";
import { TopBar } from "./top-bar.tsx";
import { Past } from "./track-past.ts";
import { useWakefulness } from "./wakefulness.ts";

export interface FleetPageProps {
  readonly user: User;
  readonly onSignOut: () => void;
  readonly onExpired: () => void;
}

/** How often ages and order of the list are brought up to date. */
const REDRAW_MS = 500;

export function FleetPage({ user, onSignOut, onExpired }: FleetPageProps): JSX.Element {
  const store = useMemo(() => new FleetStore(liveUrl(location)), []);
  const past = useMemo(() => new Past(), []);
  const [sheet, setSheet] = useState<SheetState>("half");
  const door = usePlayback(store, () => setSheet("peek"));
  usePlaybackKeys(door);
  const { playback } = door;
  const [map, setMap] = useState<FleetMap | null>(null);
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [order, setOrder] = useState<Order>("status");
  const [selected, setSelected] = useState<number | null>(null);
  const [pan, setPan] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const narrow = useNarrow();
  const connection = useConnection(store);
  useFleet(store, REDRAW_MS);
  useWakefulness(store);
  useEffect(() => {
    document.title = "Fleet · Arogya Hub";
    store.live.start();
    return () => store.live.stop();
  }, [store]);
  useEffect(() => {
    if (connection.phase === "signed_out") onExpired();
  }, [connection.phase]);
  useShortcuts(search, filter, setFilter, setSelected);

  const show = (row: Row | null): void => {
    if (playback === null) setPan((count) => count + 1);
    else if (row?.fix) map?.panTo(row.fix.latitude, row.fix.longitude);
  };
  const select = (id: number): void => {
    setSelected(id);
    show(rows.find((row) => row.unit.id === id) ?? null);
    if (sheet === "full") setSheet("half");
  };
  const live = store.rows();
  const rows = playback === null ? live : rowsAt(playback, store);
  const shown = arrange(rows, filter, order);
  const [first] = shown;
  const row = rows.find((one) => one.unit.id === selected) ?? null;
  const bottomInset = narrow ? window.innerHeight * SHEET_PART[sheet] : 0;
  const shownIds = shown.length === rows.length ? null : new Set(shown.map((one) => one.unit.id));
  return (
    <div class="fleet" data-sheet={sheet} data-connection={connection.phase} data-selected={row !== null} data-playback={playback !== null}>
      <TopBar store={store} user={user} rows={live} onSignOut={onSignOut} />
      <section class="side" aria-label="List of ambulances">
        <SheetHandle state={sheet} onState={setSheet} />
        {playback !== null && <PlaybackBand playback={playback} />}
        <ListControls
          rows={rows}
          filter={filter}
          order={order}
          search={search}
          onFilter={setFilter}
          onOrder={setOrder}
          onFound={() => first !== undefined && filter.text !== "" && select(first.unit.id)}
        />
        {shown.length > 0 && <FleetList rows={shown} selected={selected} onSelect={select} />}
        {shown.length === 0 && rows.length > 0 && <NothingMatches onReset={() => setFilter(NO_FILTER)} />}
        {rows.length === 0 && <EmptyFleet phase={connection.phase} loading={store.live.pictureAtMs === null} />}
        {row !== null && playback === null && (
          <Details
            row={row}
            store={store}
            past={past}
            map={map}
            onShow={() => show(row)}
            onClose={() => setSelected(null)}
          />
        )}
        {row !== null && playback !== null && (
          <DetailsThen row={row} onShow={() => show(row)} onClose={() => setSelected(null)} />
        )}
      </section>
      <main class="stage">
        <ConnectionBanner store={store} />
        <MapView
          store={store}
          filter={filter}
          selected={selected}
          pan={pan}
          bottomInset={bottomInset}
          onPick={setSelected}
          onMap={setMap}
        />
        {playback === null && <PlaybackButton onOpen={door.open} />}
        {playback !== null && (
          <PlaybackStage
            playback={playback}
            store={store}
            map={map}
            selected={selected}
            admits={(id) => shownIds === null || shownIds.has(id)}
            bottomInset={bottomInset}
            onLive={door.close}
          />
        )}
      </main>
    </div>
  );
}

/** `/` leads to the search; Escape clears what is searched for, then the selection. */
function useShortcuts(
  search: { current: HTMLInputElement | null },
  filter: Filter,
  setFilter: (filter: Filter) => void,
  setSelected: (id: number | null) => void,
): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const writing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.current?.focus();
      }
      if (event.key !== "Escape") return;
      if (filter.text !== "") setFilter({ ...filter, text: "" });
      else if (writing) search.current?.blur();
      else setSelected(null);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [filter]);
}
