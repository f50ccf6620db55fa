/** The map of the fleet: ground, tiles if there are some, and the markers; keyboard and pointer. */

import type { Change, Fleet } from "@arogya/client";
import type { FeatureCollection } from "geojson";
import * as L from "leaflet";
import type { Topology } from "topojson-specification";
import type { MapSettings } from "../api.ts";
import type { MapPlace } from "../view.ts";
import type { Place } from "../order.ts";
import { areaOf } from "./area.ts";
import type { Area } from "./area.ts";
import { Camera } from "./camera.ts";
import { GroundLayer } from "./ground.ts";
import { latitudeOf, longitudeOf } from "./mercator.ts";
import { MarkerLayer } from "./markers.ts";
import { readPalette } from "./palette.ts";
import { PinLayer } from "./pin-layer.ts";

/** Stands in for the live fleet, and answers what is under the pointer. */
export interface StandIn extends L.Layer {
  hitAt(place: L.LatLng): number | null;
}

export interface FleetMapOptions {
  readonly element: HTMLElement;
  readonly serverNowUs: () => number;
  /** Where to begin; null to choose by what there is. */
  readonly at: MapPlace | null;
  readonly onPick: (id: number | null) => void;
  /** Somebody asked about a place: a long touch, or the other mouse button. */
  readonly onPlace: (place: Place) => void;
  /** A click or a touch, before it picks an ambulance; true when it meant something else. */
  readonly onTap?: ((place: Place) => boolean) | undefined;
  /** Somebody moved the map by hand. */
  readonly onDrag: () => void;
  /** The map has come to rest somewhere else; `chosen` when that was a person's will. */
  readonly onMove: (place: MapPlace, chosen: boolean) => void;
}

export class FleetMap {
  private readonly map: L.Map;
  private readonly ground: GroundLayer;
  private readonly markers: MarkerLayer;
  private selected: number | null = null;
  private hovered: number | null = null;
  /** Somebody has moved or zoomed the map since it last chose by itself. */
  private chosen = false;
  /** Drawn in place of the live fleet, which goes on underneath unseen; null while the map is live. */
  private standIn: StandIn | null = null;
  private readonly observer: ResizeObserver;
  private readonly pin: PinLayer;
  readonly camera: Camera;

  constructor(private readonly options: FleetMapOptions) {
    const palette = readPalette();
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
    this.pin = new PinLayer(palette.marker);
    this.markers = new MarkerLayer(palette.marker, options.serverNowUs).addTo(this.map);
    this.camera = new Camera(this.map);
    if (options.at !== null) this.camera.resume(options.at, options.at.zoom);
    this.chosen = options.at !== null;
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(this.map);
    this.listen();
    this.observer = new ResizeObserver(() => this.map.invalidateSize({ animate: false }));
    this.observer.observe(options.element);
  }

  configure(settings: MapSettings, fleet: Fleet): void {
    if (settings.center !== null && !this.chosen) {
      this.camera.settle(settings.center, settings.zoom);
      this.camera.frame(fleet);
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
    this.pin.recolour(palette.marker);
  }

  follow(fleet: Fleet, change: Change): void {
    this.markers.follow(fleet, change);
    if (!this.camera.framed) this.camera.frame(fleet);
  }

  /** Draw again: ages have grown. */
  tick(): void {
    this.markers.request();
  }

  /** Draw only these, and the selected one; null draws all. */
  showOnly(ids: ReadonlySet<number> | null): void {
    this.markers.showOnly(ids);
  }

  /** Mark a place and those who are nearest to it; null takes the mark away. */
  mark(place: Place | null, near: readonly Place[]): void {
    if (place === null) this.pin.remove();
    else this.pin.show(place, near).addTo(this.map);
  }

  /** Ring the ambulance with this id; nobody when null. */
  select(id: number | null): void {
    this.selected = id;
    this.emphasise();
  }

  /** Bring a position into the middle of what can be seen of the map. */
  panTo(latitude: number, longitude: number): void {
    this.camera.panTo({ latitude, longitude });
  }

  /** Show all these places, as the map's own choice. */
  fit(places: readonly Place[]): void {
    this.chosen = false;
    this.camera.fit(places);
    this.moved();
  }

  /** The middle of what can be seen. */
  centre(): MapPlace {
    const size = this.map.getSize();
    const middle = this.map.containerPointToLatLng([size.x / 2, (size.y - this.camera.bottomInset) / 2]).wrap();
    return { latitude: middle.lat, longitude: middle.lng, zoom: this.map.getZoom() };
  }

  /** What the map shows; null for the whole world. */
  area(): Area | null {
    const bounds = this.map.getBounds();
    return areaOf({
      south: bounds.getSouth(),
      west: bounds.getWest(),
      north: bounds.getNorth(),
      east: bounds.getEast(),
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
      paddingBottomRight: [64, 64 + this.camera.bottomInset],
      maxZoom: 17,
      animate: !calm,
      duration: 0.35,
    });
  }

  zoomBy(steps: number): void {
    this.chosen = true;
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
      ["calls", "460"],
      ["playback", "450"],
    ] as const) {
      this.map.createPane(name).style.zIndex = depth;
    }
  }

  private listen(): void {
    this.map.on("click", (event) => this.pick(event));
    this.map.on("contextmenu", ({ latlng }) => {
      const { lat, lng } = latlng.wrap();
      this.options.onPlace({ latitude: lat, longitude: lng });
    });
    this.map.on("mousemove", (event) => this.hover(event));
    this.map.on("mouseout", () => this.point(null, false));
    this.map.on("dragstart", () => this.options.onDrag());
    this.map.on("moveend", () => this.moved());
    for (const kind of ["pointerdown", "wheel", "dblclick", "keydown"] as const) {
      this.options.element.addEventListener(kind, () => (this.chosen = true), { passive: true });
    }
  }

  private moved(): void {
    const center = this.map.getCenter().wrap();
    this.options.onMove({ latitude: center.lat, longitude: center.lng, zoom: this.map.getZoom() }, this.chosen);
  }

  /** A marker is picked, a ring is gone into. */
  private pick({ latlng }: L.LeafletMouseEvent): void {
    const { lat, lng } = latlng.wrap();
    if (this.options.onTap?.({ latitude: lat, longitude: lng }) === true) return;
    const id = (this.standIn ?? this.markers).hitAt(latlng);
    const crowd = id === null && this.standIn === null ? this.markers.crowdAt(latlng) : [];
    if (crowd.length === 0) return this.options.onPick(id);
    const places = crowd.map(({ x, y }) => ({ latitude: latitudeOf(y), longitude: longitudeOf(x) }));
    const zoom = this.map.getZoom();
    const closest = this.map.getBoundsZoom(L.latLngBounds(places.map((place) => [place.latitude, place.longitude])));
    // a crowd on one spot does not come apart by fitting it: a step closer at least
    if (closest > zoom) this.map.setView(latlng, Math.min(17, Math.max(zoom + 1.5, closest - 0.5)));
    else this.camera.fit(places, true);
  }

  private hover({ latlng }: L.LeafletMouseEvent): void {
    const id = (this.standIn ?? this.markers).hitAt(latlng);
    this.point(id, id !== null || (this.standIn === null && this.markers.crowdAt(latlng).length > 0));
  }

  private point(id: number | null, pointing: boolean): void {
    this.options.element.classList.toggle("map--pointing", pointing);
    if (id === this.hovered) return;
    this.hovered = id;
    this.emphasise();
  }

  private emphasise(): void {
    this.markers.emphasise({ selected: this.selected, hovered: this.hovered });
  }
}
