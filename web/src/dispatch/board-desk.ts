/** The state of the board and what its parts may do to it: one desk that lists, map, panel and keys share. */

import type { Connection } from "@arogya/client";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { useStanding } from "../connection-pill.tsx";
import type { Currency } from "../currency.ts";
import { useLive } from "../fleet-hooks.ts";
import { FleetStore, liveUrl } from "../fleet-store.ts";
import type { Row } from "../fleet-store.ts";
import type { FleetMap } from "../map/fleet-map.ts";
import type { PlaceValue } from "../shared/field-values.ts";
import { useObserved } from "../shared/observable.ts";
import { useMay } from "../shared/rights.ts";
import type { May } from "../shared/rights.ts";
import { useWakefulness } from "../wakefulness.ts";
import { Board } from "./board-store.ts";
import { usePanel } from "./panel.ts";
import type { PanelDoor } from "./panel.ts";
import { busyUnits, queueOf, viewsOf } from "./picture.ts";
import type { CallView, Group } from "./picture.ts";
import type { Assignment } from "./shapes.ts";
import { BoardSound } from "./sound.ts";

/** A window over the board. */
export type Window =
  | { readonly kind: "cancel"; readonly view: CallView }
  | { readonly kind: "duplicate"; readonly view: CallView }
  | { readonly kind: "edit"; readonly view: CallView; readonly place: PlaceValue | null }
  | { readonly kind: "divert"; readonly view: CallView; readonly assignment: Assignment }
  | { readonly kind: "stage"; readonly view: CallView; readonly assignment: Assignment }
  | { readonly kind: "times"; readonly view: CallView; readonly assignment: Assignment }
  | { readonly kind: "withdraw"; readonly view: CallView; readonly assignment: Assignment }
  | { readonly kind: "overrule"; readonly view: CallView; readonly unit: number; readonly decision: string | null }
  | { readonly kind: "paper" }
  | { readonly kind: "handover" };

/** Somebody is asked to point at a place on the map. */
export type Picking = (place: PlaceValue) => void;

export interface BoardDesk extends PanelDoor {
  readonly store: FleetStore;
  readonly board: Board;
  readonly sound: BoardSound;
  readonly may: May;
  readonly connection: Connection;
  readonly currency: Currency;
  readonly restart: () => void;
  /** The hub's clock. */
  readonly nowMs: number;
  readonly views: ReadonlyMap<string, CallView>;
  readonly groups: readonly Group[];
  /** The calls in the order of the queue. */
  readonly order: readonly CallView[];
  readonly busy: ReadonlyMap<number, Assignment>;
  readonly units: readonly Row[];
  readonly view: CallView | null;
  readonly map: FleetMap | null;
  readonly onMap: (map: FleetMap | null) => void;
  readonly picking: Picking | null;
  readonly onPicking: (picking: Picking | null) => void;
  /** The call that another unit is wanted for, beside those that have it. */
  readonly reinforced: string | null;
  readonly onReinforced: (call: string | null) => void;
  readonly window: Window | null;
  readonly onWindow: (window: Window | null) => void;
  /** The call whose sheet is being printed. */
  readonly printing: CallView | null;
  readonly onPrinting: (view: CallView | null) => void;
  /** Takes back the newest offer of this page, for the key; null when there is none. */
  readonly undo: { current: (() => void) | null };
}

const TICK_MS = 1_000;

/** Draw each second, for the timers, and at each change of the board. */
function useTicks(board: Board): void {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useObserved(board.version);
  useEffect(() => {
    const timer = setInterval(redraw, TICK_MS);
    return () => clearInterval(timer);
  }, []);
}

export function useBoardDesk(): BoardDesk {
  const board = useMemo(() => new Board(), []);
  const sound = useMemo(() => new BoardSound(), []);
  const store = useMemo(() => new FleetStore(liveUrl(location), [board.feed]), []);
  const { restart } = useLive(store);
  useWakefulness(store);
  const { connection, currency } = useStanding(store);
  const door = usePanel();
  const [map, onMap] = useState<FleetMap | null>(null);
  const [picking, setPicking] = useState<Picking | null>(null);
  const [window, onWindow] = useState<Window | null>(null);
  const [printing, onPrinting] = useState<CallView | null>(null);
  const [reinforced, onReinforced] = useState<string | null>(null);
  const undo = useRef<(() => void) | null>(null);
  useTicks(board);
  const nowMs = store.nowUs() / 1000;
  const { calls, assignments, alerts, policy } = board;
  const views = viewsOf({ calls: calls.values(), assignments: assignments.values(), alerts: alerts.values(), policy }, nowMs);
  const groups = queueOf(views.values(), nowMs);
  const view = door.panel?.kind === "call" ? (views.get(door.panel.id) ?? null) : null;
  return {
    ...{ ...door, store, board, sound, may: useMay(), connection, currency, restart, nowMs, views, groups, view },
    ...{ map, onMap, window, onWindow, printing, onPrinting, undo, picking, reinforced, onReinforced },
    order: groups.flatMap((group) => group.calls),
    busy: busyUnits(assignments.values()),
    units: store.rows(),
    onPicking: (next) => setPicking(() => next),
  };
}
