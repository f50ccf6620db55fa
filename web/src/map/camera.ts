/** Where the map looks: the first view, the whole fleet, one ambulance, and staying with it. */

import type { Fleet } from "@arogya/client";
import * as L from "leaflet";
import type { Place } from "../order.ts";
import { mainGroup } from "./first-view.ts";

/** Close enough to see streets, far enough to see around. */
const FOLLOW_ZOOM = 14;
const CITY_ZOOM = 13;
/** Ambulances within this many metres of home make the first view. */
const HOME_M = 30_000;
/** The part of what can be seen, around its middle, in which the followed one may move before the camera does. */
const CALM_PART = 0.5;

export class Camera {
  /** CSS px at the bottom that something else covers. */
  bottomInset = 0;
  /** The same at the top. */
  topInset = 0;
  /** The view has been chosen, and from then on people choose. */
  framed = false;
  /** Where the hub's city is; null while unknown. */
  private home: L.LatLng | null = null;
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");

  constructor(private readonly map: L.Map) {}

  /** Begin at home, until the fleet is known. */
  settle(center: readonly [number, number], zoom: number | null): void {
    this.home = L.latLng(center[0], center[1]);
    this.map.setView(this.home, zoom ?? CITY_ZOOM, { animate: false });
  }

  /** Begin where somebody has been looking before. */
  resume(place: Place, zoom: number): void {
    this.framed = true;
    this.map.setView([place.latitude, place.longitude], zoom, { animate: false });
  }

  /** The first view: those around home if there are some, else where most of the fleet is. */
  frame(fleet: Fleet): void {
    const places = [...fleet.fixes.values()];
    const home = this.home;
    const near = home === null ? [] : places.filter((place) => home.distanceTo([place.latitude, place.longitude]) <= HOME_M);
    this.fit(near.length > 0 ? near : mainGroup(places));
  }

  /** Bring all these places into what can be seen. */
  fit(places: readonly Place[], animate = false): void {
    if (places.length === 0) return;
    this.framed = true;
    this.map.fitBounds(L.latLngBounds(places.map((place) => [place.latitude, place.longitude])), {
      paddingTopLeft: [40, 64 + this.topInset],
      paddingBottomRight: [40, 56 + this.bottomInset],
      maxZoom: 15,
      animate: animate && !this.still.matches,
      duration: 0.35,
    });
  }

  /** Bring a position into the middle of what can be seen, close enough to see streets. */
  panTo({ latitude, longitude }: Place): void {
    const zoom = Math.max(this.map.getZoom(), FOLLOW_ZOOM);
    const point = this.map.project([latitude, longitude], zoom).add([0, this.bottomInset / 2]);
    const center = this.map.unproject(point, zoom);
    this.framed = true;
    this.map.setView(center, zoom, { animate: !this.still.matches, duration: 0.35 });
  }

  /** Go along when a position leaves the middle of what can be seen; the zoom stays as it is. */
  keep({ latitude, longitude }: Place): void {
    const size = this.map.getSize();
    const seen = L.point(size.x, size.y - this.bottomInset);
    const point = this.map.latLngToContainerPoint([latitude, longitude]);
    const away = L.point(point.x - seen.x / 2, point.y - seen.y / 2);
    if (Math.abs(away.x) <= (seen.x * CALM_PART) / 2 && Math.abs(away.y) <= (seen.y * CALM_PART) / 2) return;
    const far = Math.abs(away.x) > size.x * 2 || Math.abs(away.y) > size.y * 2;
    this.map.panBy(away, { animate: !far && !this.still.matches, duration: 0.8, easeLinearity: 0.4 });
  }
}
