/** What the fleet page does beside drawing: being connected, asking for a part, choosing and following. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { FleetStore, Row } from "./fleet-store.ts";
import type { Following } from "./follow.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import { Arranger } from "./order.ts";
import type { Place } from "./order.ts";
import { filters } from "./selection.ts";
import type { View } from "./view.ts";

/** Moving the map asks anew at its end, and not for each of a flick's. */
const AREA_SETTLED_MS = 400;

/** Live for as long as the page is there; returns how to go on after the session has ended and somebody signed in again. */
export function useLive(store: FleetStore): { readonly restart: () => void } {
  useEffect(() => {
    document.title = "Fleet · Arogya Hub";
    // for whoever looks into the browser's console, and for the tests
    Object.assign(globalThis, { arogya: { live: store.live } });
    store.live.start();
    return () => store.live.stop();
  }, [store]);
  const restart = (): void => {
    store.live.stop();
    store.live.start();
  };
  return { restart };
}

/** Ask the hub for what the map shows alone, as long as that is wanted; `moves` counts the map's movements. */
export function useArea(store: FleetStore, map: FleetMap | null, wanted: boolean, moves: number): void {
  const narrowed = useRef(false);
  useEffect(() => {
    if (!wanted) {
      if (narrowed.current) store.live.setFilter(null);
      narrowed.current = false;
      return undefined;
    }
    const timer = setTimeout(() => {
      const area = map?.area() ?? null;
      narrowed.current = true;
      store.live.setFilter(area === null ? null : { area: [...area] });
    }, AREA_SETTLED_MS);
    return () => clearTimeout(timer);
  }, [store, map, wanted, moves]);
}

/** The rows that match, in their order, and their ids where that is not all of them. */
export function useArranged(
  rows: readonly Row[],
  view: View,
  from: Place | null,
): { readonly shown: readonly Row[]; readonly shownIds: ReadonlySet<number> | null } {
  const arranger = useMemo(() => new Arranger(), []);
  const shown = arranger.arrange(rows, view.filter, view.sorting, from);
  // the same set as long as it has the same members, so that the map is not told twice a second
  const ids = useRef<ReadonlySet<number> | null>(null);
  if (!filters(view.filter)) ids.current = null;
  else if (ids.current?.size !== shown.length || shown.some(({ unit }) => ids.current?.has(unit.id) === false)) {
    ids.current = new Set(shown.map(({ unit }) => unit.id));
  }
  return { shown, shownIds: ids.current };
}

export interface Choice {
  readonly selected: number | null;
  readonly following: Following;
  readonly onSelected: (id: number | null) => void;
  readonly onFollowing: (following: Following) => void;
}

/** Which ambulance is chosen, and whether the camera stays with it; choosing another ends that. */
export function useChoice(): Choice {
  const [selected, setSelected] = useState<number | null>(null);
  const [following, setFollowing] = useState<Following>("off");
  const onSelected = (id: number | null): void => {
    if (id !== selected) setFollowing("off");
    setSelected(id);
  };
  return { selected, following, onSelected, onFollowing: setFollowing };
}

/** How high something is, for what must not lie under it. */
export function useHeightOf(element: { current: HTMLElement | null }, active: boolean): number {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const box = element.current;
    if (!active || box === null) {
      setHeight(0);
      return undefined;
    }
    const observer = new ResizeObserver(() => setHeight(box.offsetHeight));
    observer.observe(box);
    return () => observer.disconnect();
  }, [active]);
  return height;
}
