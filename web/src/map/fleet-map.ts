/** The map of the fleet: ground, tiles if there are some, and the markers; keyboard and pointer. */

import type { Change, Fleet } from "@arogya/client";
import type { FeatureCollection } from "geojson";
import * as L from "leaflet";
import type { Topology } from "topojson-specification";
import type { MapSettings } from "../api.ts";
import type { Freshness } from "../freshness.ts";
import { GroundLayer } from "./ground.ts";
import type { Marker } from "./marker.ts";
import { MarkerLayer } from "./markers.ts";
import { readPalette } from "./palette.ts";

/** Stands in for the live fleet, and answers what is under the pointer. */
export interface StandIn extends L.Layer {
  hitAt(place: L.LatLng): number | null;
}

export interface FleetMapOptions {
  readonly element: HTMLElement;
  readonly serverNowUs: () => number;
  /** CSS px at the bottom that something else covers. */
  readonly bottomInset: number;
  readonly onPick: (id: number | null) => void;
}

/** Close enough to see streets, far enough to see around. */
const FOLLOW_ZOOM = 14;
const CITY_ZOOM = 13;
/** Ambulances within this many metres of home make the first view. */
const HOME_M = 30_000;

export class FleetMap {
  private readonly map: L.Map;
  private readonly ground: GroundLayer;
  private readonly markers: MarkerLayer;
  private selected: number | null = null;
  private hovered: number | null = null;
  /** Where the hub's city is; null while unknown. */
  private home: L.LatLng | null = null;
  /** The first view has been chosen, and from then on people choose. */
  private framed = false;
  /** Drawn in place of the live fleet, which goes on underneath unseen; null while the map is live. */
  private standIn: StandIn | null = null;
  private readonly observer: ResizeObserver;
  /** As in the options, as it is now. */
  bottomInset: number;

  constructor(private readonly options: FleetMapOptions) {
    const palette = readPalette();
    this.bottomInset = options.bottomInset;
    this.map = L.map(options.element, {
      preferCanvas: true,
      zoomControl: false,
      attributionControl: false,
      worldCopyJump: false,
      zoomSnap: 0.5,
      minZoom: 2,
      maxZoom: 19,
      maxBounds: [
        [-85.06, -220],
        [85.06, 220],
      ],
      maxBoundsViscosity: 0.8,
      center: [20, 20],
      zoom: 3,
    });
    this.createPanes();
    this.ground = new GroundLayer(palette.ground).addTo(this.map);
    this.markers = new MarkerLayer(palette.marker, options.serverNowUs).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(this.map);
    this.listen();
    this.observer = new ResizeObserver(() => this.map.invalidateSize({ animate: false }));
    this.observer.observe(options.element);
  }

  configure(settings: MapSettings): void {
    if (settings.center !== null) {
      this.home = L.latLng(settings.center[0], settings.center[1]);
      this.map.setView(this.home, settings.zoom ?? CITY_ZOOM, { animate: false });
      this.framed = false;
    }
    if (settings.tile_url === null) return;
    L.tileLayer(settings.tile_url, { maxZoom: 19, pane: "tiles" }).addTo(this.map);
    this.ground.tiled = true;
    this.ground.request();
  }

  setWorld(world: Topology): void {
    this.ground.setWorld(world);
  }

  setStreets(streets: FeatureCollection): void {
    this.ground.setStreets(streets);
  }

  recolour(): void {
    const palette = readPalette();
    this.ground.recolour(palette.ground);
    this.markers.recolour(palette.marker);
  }

  follow(fleet: Fleet, change: Change): void {
    this.markers.follow(fleet, change);
    if (!this.framed) this.frame(fleet);
  }

  /** Draw again: ages have grown. */
  tick(): void {
    this.markers.request();
  }

  filter(admits: (marker: Marker, freshness: Freshness) => boolean): void {
    this.markers.filter(admits);
  }

  /** Ring the ambulance with this id; nobody when null. */
  select(id: number | null): void {
    this.selected = id;
    this.emphasise();
  }

  /** Bring a position into the middle of what can be seen of the map. */
  panTo(latitude: number, longitude: number): void {
    const zoom = Math.max(this.map.getZoom(), FOLLOW_ZOOM);
    const point = this.map.project([latitude, longitude], zoom).add([0, this.bottomInset / 2]);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.setView(this.map.unproject(point, zoom), zoom, { animate: !calm, duration: 0.35 });
  }

  /** Show the whole fleet. */
  fit(fleet: Fleet): void {
    this.fitTo([...fleet.fixes.values()].map((fix) => L.latLng(fix.latitude, fix.longitude)));
  }

  /** The first view: those around home if the hub has one, else everybody. */
  frame(fleet: Fleet): void {
    const places = [...fleet.fixes.values()].map((fix) => L.latLng(fix.latitude, fix.longitude));
    const home = this.home;
    this.fitTo(home === null ? places : places.filter((place) => place.distanceTo(home) <= HOME_M));
  }

  private fitTo(places: L.LatLng[]): void {
    if (places.length === 0) return;
    this.framed = true;
    this.map.fitBounds(L.latLngBounds(places), {
      paddingTopLeft: [40, 64],
      paddingBottomRight: [40, 56 + this.bottomInset],
      maxZoom: 15,
      animate: false,
    });
  }

  /** Put a layer of another part of the page on the map; the returned function takes it off. */
  attach(layer: L.Layer): () => void {
    layer.addTo(this.map);
    return () => void layer.remove();
  }

  /** Show `layer` in place of the live fleet; the returned function brings the fleet back as it is by then. */
  replaceFleet(layer: StandIn): () => void {
    const pane = this.map.getPane("fleet");
    layer.addTo(this.map);
    this.standIn = layer;
    if (pane !== undefined) pane.style.visibility = "hidden";
    return () => {
      this.standIn = null;
      if (pane !== undefined) pane.style.visibility = "";
      layer.remove();
    };
  }

  /** Bring a box of degrees into what can be seen of the map. */
  showBox(south: number, west: number, north: number, east: number): void {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds(L.latLngBounds([south, west], [north, east]), {
      paddingTopLeft: [48, 72],
      paddingBottomRight: [64, 64 + this.bottomInset],
      maxZoom: 17,
      animate: !calm,
      duration: 0.35,
    });
  }

  zoomBy(steps: number): void {
    this.map.setZoom(this.map.getZoom() + steps);
  }

  destroy(): void {
    this.observer.disconnect();
    this.map.remove();
  }

  private createPanes(): void {
    for (const [name, depth] of [
      ["ground", "100"],
      ["tiles", "200"],
      ["track", "430"],
      ["fleet", "450"],
      ["playback", "450"],
    ] as const) {
      this.map.createPane(name).style.zIndex = depth;
    }
  }

  private listen(): void {
    this.map.on("click", (event) => this.options.onPick(this.at(event)));
    this.map.on("mousemove", (event) => this.hover(this.at(event)));
    this.map.on("mouseout", () => this.hover(null));
  }

  private at(event: L.LeafletMouseEvent): number | null {
    return (this.standIn ?? this.markers).hitAt(event.latlng);
  }

  private hover(id: number | null): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.options.element.classList.toggle("map--pointing", id !== null);
    this.emphasise();
  }

  private emphasise(): void {
    this.markers.emphasise({ selected: this.selected, hovered: this.hovered });
  }
}
