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
import { matches } from "./selection.ts";
import type { Filter } from "./selection.ts";

export interface MapViewProps {
  readonly store: FleetStore;
  readonly filter: Filter;
  readonly selected: number | null;
  /** Changes when the selected one should come into view. */
  readonly pan: number;
  readonly bottomInset: number;
  readonly onPick: (id: number | null) => void;
  /** Told the map for as long as there is one, so that others can put layers on it. */
  readonly onMap?: (map: FleetMap | null) => void;
}

/** Read what lies under the fleet; the fleet itself never waits for it. */
async function furnish(map: FleetMap, fleet: Fleet, onAttribution: (text: string | null) => void): Promise<void> {
  const world = fetch(worldUrl).then((response) => response.json() as Promise<Topology>);
  try {
    const settings = await mapSettings();
    map.configure(settings);
    map.frame(fleet);
    if (settings.tile_url !== null) onAttribution(settings.attribution);
    if (settings.roads_url !== null) map.setStreets(await call<FeatureCollection>("GET", settings.roads_url));
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // without settings there is still the backdrop
  }
  map.setWorld(await world);
}

export function MapView({ store, filter, selected, pan, bottomInset, onPick, onMap }: MapViewProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const map = useRef<FleetMap | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const [attribution, setAttribution] = useState<string | null>(null);
  const theme = useTheme();

  useEffect(() => {
    if (element.current === null) return undefined;
    const drawn = new FleetMap({
      bottomInset,
      element: element.current,
      serverNowUs: store.nowUs,
      onPick: (id) => pick.current(id),
    });
    map.current = drawn;
    onMap?.(drawn);
    drawn.follow(store.live.fleet, { whole: true, units: [], fixes: [...store.live.fleet.fixes.keys()] });
    const unfollow = store.onChange((change) => drawn.follow(store.live.fleet, change));
    const timer = setInterval(() => drawn.tick(), 1000);
    void furnish(drawn, store.live.fleet, setAttribution);
    return () => {
      unfollow();
      clearInterval(timer);
      onMap?.(null);
      drawn.destroy();
      map.current = null;
    };
  }, [store]);

  useEffect(() => map.current?.recolour(), [theme]);
  useEffect(() => map.current?.select(selected), [selected]);
  useEffect(() => {
    if (map.current !== null) map.current.bottomInset = bottomInset;
  }, [bottomInset]);
  useEffect(() => {
    map.current?.filter((marker) => {
      const row = store.row(marker.id);
      return row !== null && (marker.id === selected || matches(row, filter));
    });
  }, [filter, selected]);
  useEffect(() => {
    const fix = selected === null ? undefined : store.live.fleet.fixes.get(selected);
    if (pan > 0 && fix !== undefined) map.current?.panTo(fix.latitude, fix.longitude);
  }, [pan]);

  return (
    <div class="map-area">
      <div class="map" ref={element} role="application" aria-label="Map of the fleet; the list has the same content" />
      <div class="map-tools">
        <MapButton icon="plus" label="Zoom in" onClick={() => map.current?.zoomBy(1)} />
        <MapButton icon="minus" label="Zoom out" onClick={() => map.current?.zoomBy(-1)} />
        <MapButton icon="frame" label="Show the whole fleet" onClick={() => map.current?.fit(store.live.fleet)} />
      </div>
      <Legend attribution={attribution} />
    </div>
  );
}

interface MapButtonProps {
  readonly icon: "plus" | "minus" | "frame";
  readonly label: string;
  readonly onClick: () => void;
}

function MapButton({ icon, label, onClick }: MapButtonProps): JSX.Element {
  return (
    <button class="icon-button" type="button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
