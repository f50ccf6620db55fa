/** The list with everything that belongs to it: beside the map, or a sheet over it on a phone. */

import type { JSX } from "preact";
import { DetailsThen } from "./details-then.tsx";
import { Details } from "./details.tsx";
import { EmptyFleet, NothingMatches } from "./empty.tsx";
import type { Desk } from "./fleet-desk.ts";
import { FleetList } from "./fleet-list.tsx";
import { ListControls } from "./list-controls.tsx";
import { Nearest } from "./nearest.tsx";
import { PlaybackBand } from "./playback-band.tsx";
import { NO_FILTER } from "./selection.ts";
import { SheetHandle } from "./sheet.tsx";

export function FleetSide({ desk }: { desk: Desk }): JSX.Element {
  const { door, shown, pin, near, select } = desk;
  const { view } = door;
  const [first] = shown;
  const onFound = (): void => {
    if (first === undefined || view.filter.text === "") return;
    if (first.unit.id === desk.selected) desk.follow();
    else select(first.unit.id);
  };
  const onDown = (): void => {
    desk.side.current?.querySelector<HTMLElement>("[role=listbox]")?.focus();
    if (first !== undefined && shown.every(({ unit }) => unit.id !== desk.selected)) select(first.unit.id);
  };
  return (
    <section class="side" ref={desk.side} aria-label="List of ambulances">
      <SheetHandle state={desk.sheet} onState={desk.onSheet} />
      {desk.playing.playback !== null && <PlaybackBand playback={desk.playing.playback} />}
      <ListControls
        tally={desk.tally}
        door={door}
        search={desk.search}
        onFound={onFound}
        onDown={onDown}
      />
      {pin !== null && (
        <Nearest near={near} partial={view.areaOnly} onSelect={select} onClose={() => desk.ask(null)} />
      )}
      {shown.length > 0 && (
        <FleetList
          rows={shown}
          selected={desk.selected}
          extras={view.extras}
          from={desk.from}
          onSelect={select}
          onFollow={desk.follow}
        />
      )}
      {shown.length === 0 && <Nothing desk={desk} />}
      <Chosen desk={desk} />
    </section>
  );
}

function Nothing({ desk }: { desk: Desk }): JSX.Element {
  const { rows, store, door } = desk;
  if (rows.length > 0) return <NothingMatches onReset={() => door.onView({ filter: NO_FILTER })} />;
  const loading = store.live.pictureAtMs === null;
  return (
    <EmptyFleet loading={loading} partial={door.view.areaOnly} onWhole={() => door.onView({ areaOnly: false })} />
  );
}

/** The selected one: as it is, or as it was at the moment that is played. */
function Chosen({ desk }: { desk: Desk }): JSX.Element | null {
  const { row, store, past, map } = desk;
  if (row === null) return null;
  const onShow = (): void => desk.show(row);
  const onClose = (): void => desk.onSelected(null);
  if (desk.playing.playback !== null) return <DetailsThen row={row} onShow={onShow} onClose={onClose} />;
  return <Details row={row} store={store} past={past} map={map} onShow={onShow} onClose={onClose} />;
}
