/** Every ambulance on one canvas. */

import type { Change, Fleet } from "@arogya/client";
import type * as L from "leaflet";
import { age } from "../format.ts";
import { freshnessOfUnit, overdue } from "../freshness.ts";
import type { Freshness } from "../freshness.ts";
import { CanvasLayer } from "./canvas-layer.ts";
import type { View } from "./canvas-layer.ts";
import { ClusterPainter, radiusOf } from "./cluster-painter.ts";
import { gather } from "./clusters.ts";
import type { Cluster } from "./clusters.ts";
import { LabelPainter } from "./labels.ts";
import type { Label } from "./labels.ts";
import { Marker } from "./marker.ts";
import { metresPerUnit } from "./mercator.ts";
import type { MarkerColours } from "./palette.ts";
import { ARROW_PX, BODY_PX, Sprites } from "./sprites.ts";

/** A marker as it is drawn in this frame, in CSS px of the canvas. */
export interface Placed {
  readonly marker: Marker;
  readonly x: number;
  readonly y: number;
  readonly ageS: number;
  readonly freshness: Freshness;
}

/** With more than this drawn one by one, names are left to the selection and the pointer. */
const NAMED_AT_MOST = 150;
const URGENT_AT_MOST = 300;
/** With more than this, markers are half as large and have no arrows: the crowd's colours say more. */
const LARGE_AT_MOST = 1_000;
/** Gliding is smooth with every second frame of the screen, and costs half. */
const GLIDE_FRAME_MS = 28;
/** Where rings stand for many, a step of one of them is not seen. */
const CROWD_FRAME_MS = 220;
const HIT_PX = 18;
const LAYERS: readonly Freshness[] = ["none", "off", "lost", "stale", "live"];

export interface Emphasis {
  readonly selected: number | null;
  readonly hovered: number | null;
}

export class MarkerLayer extends CanvasLayer {
  private readonly markers = new Map<number, Marker>();
  private sprites: Sprites;
  private labels: LabelPainter;
  private rings: ClusterPainter;
  private emphasis: Emphasis = { selected: null, hovered: null };
  /** The only ones that are drawn; null for all. */
  private shown: ReadonlySet<number> | null = null;
  /** Drawn one by one in this frame, and the rings that stand for the others. */
  private placed: readonly Placed[] = [];
  private clusters: readonly Cluster[] = [];
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");

  constructor(
    private colours: MarkerColours,
    private readonly serverNowUs: () => number,
  ) {
    super("fleet");
    this.sprites = new Sprites(colours, 1);
    this.labels = new LabelPainter(colours);
    this.rings = new ClusterPainter(colours, 1);
  }

  recolour(colours: MarkerColours): void {
    this.colours = colours;
    this.labels = new LabelPainter(colours);
    this.redraw(this.sprites.pixelRatio);
    this.request();
  }

  private redraw(pixelRatio: number): void {
    this.sprites = new Sprites(this.colours, pixelRatio);
    this.rings = new ClusterPainter(this.colours, pixelRatio);
  }

  emphasise(emphasis: Emphasis): void {
    this.emphasis = emphasis;
    this.request();
  }

  /** Draw only these, and the selected one; null draws all. */
  showOnly(ids: ReadonlySet<number> | null): void {
    if (ids === null && this.shown === null) return;
    this.shown = ids;
    this.request();
  }

  /** Follow what the fleet's messages changed; a whole new picture moves without gliding. */
  follow(fleet: Fleet, change: Change): void {
    const nowMs = change.whole || this.still.matches ? null : performance.now();
    if (change.whole) {
      for (const id of this.markers.keys()) if (!fleet.fixes.has(id)) this.markers.delete(id);
    }
    for (const id of change.fixes) this.place(fleet, id, nowMs);
    for (const id of change.units) this.place(fleet, id, nowMs);
    this.request(this.clusters.length > 0 ? CROWD_FRAME_MS : 0);
  }

  /** The ambulance drawn nearest to a place, if one is within a finger's reach. */
  hitAt(place: L.LatLng): number | null {
    const { x, y } = this.onCanvas(place);
    let [found, best] = [null as number | null, HIT_PX ** 2];
    for (const { marker, x: markerX, y: markerY } of this.placed) {
      const distance = (markerX - x) ** 2 + (markerY - y) ** 2;
      if (distance <= best) [found, best] = [marker.id, distance];
    }
    return found;
  }

  /** The ambulances that the ring at a place stands for; none where there is no ring. */
  crowdAt(place: L.LatLng): readonly Marker[] {
    const { x, y } = this.onCanvas(place);
    const hit = this.clusters.find((one) => Math.hypot(one.x - x, one.y - y) <= radiusOf(one.members.length) + 2);
    return hit?.members.map(({ marker }) => marker) ?? [];
  }

  private place(fleet: Fleet, id: number, nowMs: number | null): void {
    const [unit, fix] = [fleet.units.get(id), fleet.fixes.get(id)];
    if (unit === undefined || fix === undefined) {
      this.markers.delete(id);
      return;
    }
    const known = this.markers.get(id);
    if (known === undefined) this.markers.set(id, new Marker(id, unit, fix));
    else known.update(unit, fix, nowMs);
  }

  protected override paint(context: CanvasRenderingContext2D, view: View): void {
    if (this.sprites.pixelRatio !== view.pixelRatio) this.redraw(view.pixelRatio);
    const found = this.collect(view, performance.now());
    const { singles, clusters } = gather(found.placed, view, (one) => this.emphasised(one));
    this.placed = singles;
    this.clusters = clusters;
    const large = singles.length <= LARGE_AT_MOST;
    for (const cluster of clusters) this.rings.paint(context, cluster);
    for (const layer of LAYERS) {
      for (const placed of singles) if (placed.freshness === layer) this.paintMarker(context, placed, large);
    }
    for (const placed of singles) if (this.emphasised(placed)) this.paintEmphasis(context, placed, view);
    const spots = singles.length <= URGENT_AT_MOST ? singles : [];
    this.labels.paint(context, this.chooseLabels(), spots, view);
    if (found.moving) this.request(GLIDE_FRAME_MS);
  }

  /** Find what is in view, and whether anything there still glides so that it is seen. */
  private collect(view: View, nowMs: number): { placed: Placed[]; moving: boolean } {
    const serverNowUs = this.serverNowUs();
    const placed: Placed[] = [];
    let moving = false;
    for (const marker of this.markers.values()) {
      const x = marker.atX(nowMs) * view.scale - view.originX;
      const y = marker.atY(nowMs) * view.scale - view.originY;
      if (x < -ARROW_PX || y < -ARROW_PX || x > view.width + ARROW_PX || y > view.height + ARROW_PX) continue;
      if (this.shown !== null && !this.shown.has(marker.id) && marker.id !== this.emphasis.selected) continue;
      const ageS = (serverNowUs - marker.fixAtUs) / 1e6;
      moving ||= marker.gliding(nowMs) && marker.strides(view.scale);
      placed.push({ marker, x, y, ageS, freshness: freshnessOfUnit(marker.status.code, ageS) });
    }
    return { placed, moving };
  }

  private paintMarker(context: CanvasRenderingContext2D, placed: Placed, large: boolean): void {
    const { marker, x, y, freshness } = placed;
    if (large && marker.heading !== null && freshness !== "lost" && freshness !== "off") {
      context.translate(x, y);
      context.rotate((marker.heading * Math.PI) / 180);
      const half = ARROW_PX / 2;
      context.drawImage(this.sprites.arrow(marker.status, freshness), -half, -half, ARROW_PX, ARROW_PX);
      context.rotate((-marker.heading * Math.PI) / 180);
      context.translate(-x, -y);
    }
    const side = large ? BODY_PX : BODY_PX / 2;
    context.drawImage(this.sprites.body(marker.status, freshness), x - side / 2, y - side / 2, side, side);
  }

  private emphasised({ marker }: Placed): boolean {
    return marker.alarm || marker.id === this.emphasis.selected || marker.id === this.emphasis.hovered;
  }

  /** A ring around, and for the selected one the circle it is within (1σ). */
  private paintEmphasis(context: CanvasRenderingContext2D, placed: Placed, view: View): void {
    const { marker, x, y } = placed;
    const selected = marker.id === this.emphasis.selected;
    if (selected && marker.accuracy !== null) this.paintAccuracy(context, placed, marker.accuracy, view);
    context.beginPath();
    context.arc(x, y, 23, 0, Math.PI * 2);
    context.lineWidth = selected || marker.alarm ? 3 : 1.5;
    context.strokeStyle = marker.alarm ? this.colours.alarm : this.colours.accent;
    context.stroke();
    if (marker.alarm) {
      context.beginPath();
      context.arc(x, y, 29, 0, Math.PI * 2);
      context.lineWidth = 1.5;
      context.stroke();
    }
    this.paintMarker(context, placed, true);
  }

  private paintAccuracy(context: CanvasRenderingContext2D, { marker, x, y }: Placed, metres: number, view: View): void {
    const radius = (metres / metresPerUnit(marker.y)) * view.scale;
    if (radius < 26) return;
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.fillStyle = this.colours.accent;
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
  }

  private chooseLabels(): Label[] {
    const named = this.placed.length <= NAMED_AT_MOST;
    const urgent = this.placed.length <= URGENT_AT_MOST;
    const labels: Label[] = [];
    for (const placed of this.placed) {
      const { marker, x, y, ageS, freshness } = placed;
      const emphasised = this.emphasised(placed);
      if (!named && !emphasised && !(urgent && overdue(placed))) continue;
      const name = named || emphasised ? marker.plateNumber : "";
      const label = { x, y, name, freshness, alarm: marker.alarm, insists: emphasised };
      labels.push({ ...label, age: marker.alarm ? `SOS ${age(ageS)}` : age(ageS) });
    }
    return labels;
  }
}
