/** The fleet page's state and what its parts may do to it: one desk that the list, the map and the keys share. */

import type { Connection } from "@arogya/client";
import { useMemo, useRef, useState } from "preact/hooks";
import type { Alarm } from "./alarms.ts";
import { useStanding } from "./connection-pill.tsx";
import type { Currency } from "./currency.ts";
import { useEscape } from "./escape.ts";
import { useArea, useArranged, useChoice, useHeightOf, useLive } from "./fleet-hooks.ts";
import type { Choice } from "./fleet-hooks.ts";
import { FleetStore, liveUrl } from "./fleet-store.ts";
import type { Row } from "./fleet-store.ts";
import { useKeys } from "./keys.ts";
import type { FleetMap } from "./map/fleet-map.ts";
import { nearestTo } from "./nearest.tsx";
import type { Near } from "./nearest.tsx";
import type { Place } from "./order.ts";
import { usePlayback, usePlaybackKeys } from "./playback-hooks.ts";
import type { PlaybackDoor } from "./playback-hooks.ts";
import { rowsAt } from "./playback-rows.ts";
import { useNarrow } from "./sheet.tsx";
import type { SheetState } from "./sheet.tsx";
import { tallyOf } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { Past } from "./track-past.ts";
import { useView } from "./view-hooks.ts";
import type { ViewDoor } from "./view-hooks.ts";
import { useWakefulness } from "./wakefulness.ts";

const NEAREST = 5;

/** What is there, before anything is made of it. */
interface Parts extends Choice {
  readonly store: FleetStore;
  readonly past: Past;
  readonly connection: Connection;
  readonly currency: Currency;
  /** Go on after the session has ended and somebody has signed in again. */
  readonly restart: () => void;
  readonly playing: PlaybackDoor;
  readonly door: ViewDoor;
  readonly map: FleetMap | null;
  readonly onMap: (map: FleetMap | null) => void;
  /** The place that somebody asked about. */
  readonly pin: Place | null;
  readonly onPin: (place: Place | null) => void;
  readonly sheet: SheetState;
  readonly onSheet: (sheet: SheetState) => void;
  readonly onMoved: () => void;
  readonly search: { current: HTMLInputElement | null };
  readonly side: { current: HTMLElement | null };
  /** CSS px at the bottom of the map that the sheet covers. */
  readonly covered: number;
}

/** What the page shows of it now. */
interface Shown {
  readonly tally: Tally;
  readonly rows: readonly Row[];
  /** Those that match, in their order. */
  readonly shown: readonly Row[];
  /** Their ids; null when that is everybody. */
  readonly shownIds: ReadonlySet<number> | null;
  readonly liveTally: Tally;
  /** The selected one. */
  readonly row: Row | null;
  /** From where distances are measured; null when they are not shown. */
  readonly from: Place | null;
  readonly near: readonly Near[];
}

/** What can be done. */
export interface Deeds {
  readonly show: (row: Row | null) => void;
  readonly select: (id: number) => void;
  readonly showAlarm: (alarm: Alarm) => void;
  readonly follow: () => void;
  readonly fit: () => void;
  readonly ask: (place: Place | null) => void;
  readonly askMiddle: () => void;
  readonly toWall: () => void;
}

export interface Desk extends Parts, Shown, Deeds {}

export function useDesk(onHelp: () => void): Desk {
  const parts = useParts();
  const shown = useShown(parts);
  const desk = { ...parts, ...shown, ...deedsOf(parts, shown) };
  useEscapes(desk);
  useDeskKeys(desk, onHelp);
  return desk;
}

function useParts(): Parts {
  const store = useMemo(() => new FleetStore(liveUrl(location)), []);
  const past = useMemo(() => new Past(), []);
  const { restart } = useLive(store);
  useWakefulness(store);
  const { connection, currency } = useStanding(store);
  const [sheet, onSheet] = useState<SheetState>("half");
  const playing = usePlayback(store, () => onSheet("peek"));
  usePlaybackKeys(playing);
  const door = useView();
  const choice = useChoice();
  const [map, onMap] = useState<FleetMap | null>(null);
  const [moves, setMoves] = useState(0);
  const [pin, onPin] = useState<Place | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const side = useRef<HTMLElement>(null);
  const covered = useHeightOf(side, useNarrow() && !door.view.wall);
  useArea(store, map, door.view.areaOnly, moves);
  const onMoved = (): void => setMoves((count) => count + 1);
  const there = { store, past, connection, currency, restart, playing, door, map, onMap, pin, onPin };
  return { ...there, ...choice, sheet, onSheet, onMoved, search, side, covered };
}

function useShown({ store, playing, door, map, pin, selected }: Parts): Shown {
  const { view } = door;
  const live = store.rows();
  const liveTally = tallyOf(live);
  const rows = playing.playback === null ? live : rowsAt(playing.playback, store);
  const tally = playing.playback === null ? liveTally : tallyOf(rows);
  const measured = view.sorting.column === "distance" || view.extras.has("distance");
  const from = pin ?? (measured ? (map?.centre() ?? null) : null);
  const { shown, shownIds } = useArranged(rows, view, from);
  const near = pin === null ? [] : nearestTo(shown, pin, NEAREST);
  if (pin !== null) map?.mark(pin, near.flatMap(({ row }) => (row.fix === null ? [] : [row.fix])));
  const row = rows.find((one) => one.unit.id === selected) ?? null;
  return { tally, rows, shown, shownIds, liveTally, row, from, near };
}

function deedsOf(parts: Parts, { rows, shown, row }: Shown): Deeds {
  const { map, playing, sheet, store } = parts;
  const show = (one: Row | null): void => {
    if (one?.fix) map?.panTo(one.fix.latitude, one.fix.longitude);
  };
  const unfold = (): void => {
    if (sheet === "full") parts.onSheet("half");
  };
  const ask = (place: Place | null): void => {
    parts.onPin(place);
    map?.mark(place, []);
  };
  return {
    show,
    ask,
    select: (id) => {
      parts.onSelected(id);
      show(rows.find((one) => one.unit.id === id) ?? null);
      unfold();
    },
    /** Where the ambulance is now, else where it called from. */
    showAlarm: ({ ambulanceId, latitude, longitude }) => {
      if (playing.playback !== null) playing.close();
      const one = ambulanceId === null ? null : store.row(ambulanceId);
      if (one !== null) parts.onSelected(one.unit.id);
      if (one?.fix) show(one);
      else if (latitude !== null && longitude !== null) map?.panTo(latitude, longitude);
      unfold();
    },
    follow: () => {
      if (row === null) return;
      show(row);
      parts.onFollowing("on");
    },
    fit: () => map?.fit(shown.flatMap(({ fix }) => (fix === null ? [] : [fix]))),
    askMiddle: () => ask(map?.centre() ?? null),
    toWall: () => {
      ask(null);
      parts.onSelected(null);
      parts.door.onView({ wall: true });
    },
  };
}

function useEscapes({ row, following, playing, pin, door, onSelected, onFollowing, ask }: Desk): void {
  const { filter } = door.view;
  useEscape(row !== null, () => onSelected(null));
  useEscape(following === "on", () => onFollowing("off"));
  useEscape(playing.playback !== null, playing.close);
  useEscape(pin !== null, () => ask(null));
  useEscape(filter.text !== "", () => door.onView({ filter: { ...filter, text: "" } }));
}

function useDeskKeys(desk: Desk, onHelp: () => void): void {
  const { door, map, following, search } = desk;
  useKeys(
    {
      "/": () => search.current?.focus(),
      "?": onHelp,
      "0": desk.fit,
      "+": () => map?.zoomBy(1),
      "-": () => map?.zoomBy(-1),
      f: () => (following === "on" ? desk.onFollowing("off") : desk.follow()),
      n: desk.askMiddle,
      w: () => (door.view.wall ? door.onView({ wall: false }) : desk.toWall()),
      Escape: () => search.current?.blur(),
    },
    desk.connection.phase !== "signed_out",
  );
}
