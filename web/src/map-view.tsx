/** The map as a component: it draws for itself and is told what to emphasise. */

import type { Fleet } from "@arogya/client";
import type { FeatureCollection } from "geojson";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Topology } from "topojson-specification";
import worldUrl from "world-atlas/countries-50m.json";
import { call, mapSettings, Problem } from "./api.ts";
import type { FleetStore } from "./fleet-store.ts";
import { useTheme } from "./hooks.ts";
import { Icon } from "./icons.tsx";
import { Legend } from "./legend.tsx";
import { FleetMap } from "./map/fleet-map.ts";
import type { FleetMapOptions } from "./map/fleet-map.ts";

export interface MapViewProps extends Pick<FleetMapOptions, "at" | "onPick" | "onPlace" | "onTap" | "onDrag" | "onMove"> {
  readonly store: FleetStore;
  /** The only ones to draw; null for all. */
  readonly shown: ReadonlySet<number> | null;
  readonly selected: number | null;
  /** The camera goes along with the selected one. */
  readonly following: boolean;
  readonly bottomInset: number;
  readonly onFit: () => void;
  /** Without it there is no button for it. */
  readonly onNearest?: () => void;
  /** Told the map for as long as there is one, so that others can put layers on it. */
  readonly onMap: (map: FleetMap | null) => void;
}

/** Read what lies under the fleet; the fleet itself never waits for it. */
export async function furnish(map: FleetMap, fleet: Fleet, onAttribution: (text: string | null) => void): Promise<void> {
  const world = fetch(worldUrl).then((response) => response.json() as Promise<Topology>);
  try {
    const settings = await mapSettings();
    map.configure(settings, fleet);
    if (settings.tile_url !== null) onAttribution(settings.attribution);
    if (settings.roads_url !== null) map.setStreets(await call<FeatureCollection>("GET", settings.roads_url));
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // without settings there is still the backdrop
  }
  map.setWorld(await world);
}

export function MapView(props: MapViewProps): JSX.Element {
  const { store, shown, selected, following, bottomInset } = props;
  const element = useRef<HTMLDivElement>(null);
  const map = useRef<FleetMap | null>(null);
  const newest = useRef(props);
  newest.current = props;
  const [attribution, setAttribution] = useState<string | null>(null);
  const theme = useTheme();

  useEffect(() => {
    if (element.current === null) return undefined;
    const drawn = new FleetMap({
      element: element.current,
      serverNowUs: store.nowUs,
      at: newest.current.at,
      onPick: (id) => newest.current.onPick(id),
      onPlace: (place) => newest.current.onPlace(place),
      onTap: (place) => newest.current.onTap?.(place) ?? false,
      onDrag: () => newest.current.onDrag(),
      onMove: (place, chosen) => newest.current.onMove(place, chosen),
    });
    map.current = drawn;
    drawn.camera.bottomInset = newest.current.bottomInset;
    props.onMap(drawn);
    drawn.follow(store.live.fleet, { whole: true, units: [], fixes: [...store.live.fleet.fixes.keys()] });
    const unfollow = store.onChange((change) => {
      drawn.follow(store.live.fleet, change);
      if (newest.current.following) keep(drawn, store, newest.current.selected);
    });
    const timer = setInterval(() => drawn.tick(), 1000);
    void furnish(drawn, store.live.fleet, setAttribution);
    return () => {
      unfollow();
      clearInterval(timer);
      props.onMap(null);
      drawn.destroy();
      map.current = null;
    };
  }, [store]);

  useEffect(() => map.current?.recolour(), [theme]);
  useEffect(() => map.current?.select(selected), [selected]);
  useEffect(() => {
    if (map.current !== null) map.current.camera.bottomInset = bottomInset;
  }, [bottomInset]);
  useEffect(() => map.current?.showOnly(shown), [shown]);
  useEffect(() => {
    if (following && map.current !== null) keep(map.current, store, selected);
  }, [following, selected]);

  return (
    <>
      <div class="map-area">
        <div class="map" ref={element} role="application" aria-label="Map of the fleet; the list has the same content" />
        <div class="map-tools" data-covers-map>
          <MapButton icon="plus" label="Zoom in" onClick={() => map.current?.zoomBy(1)} />
          <MapButton icon="minus" label="Zoom out" onClick={() => map.current?.zoomBy(-1)} />
          <MapButton icon="frame" label="Show the whole fleet" keys="0" onClick={props.onFit} />
          {props.onNearest !== undefined && (
            <MapButton icon="pin" label="Nearest to the middle of the map" keys="N" onClick={props.onNearest} />
          )}
        </div>
      </div>
      <Legend attribution={attribution} />
    </>
  );
}

function keep(map: FleetMap, store: FleetStore, id: number | null): void {
  const fix = id === null ? undefined : store.live.fleet.fixes.get(id);
  if (fix !== undefined) map.camera.keep(fix);
}

interface MapButtonProps {
  readonly icon: "plus" | "minus" | "frame" | "pin";
  readonly label: string;
  readonly keys?: string;
  readonly onClick: () => void;
}

function MapButton({ icon, label, keys, onClick }: MapButtonProps): JSX.Element {
  const title = keys === undefined ? label : `${label} (${keys})`;
  return (
    <button class="icon-button" type="button" aria-label={label} title={title} aria-keyshortcuts={keys} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
