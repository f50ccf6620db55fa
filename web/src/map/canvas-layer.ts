/** A Leaflet layer that is one canvas, painted a little larger than the map so that dragging needs no repaint. */

import * as L from "leaflet";
import { worldPx } from "./mercator.ts";

/** What a painter needs to place things: screen px = unit · scale − origin. */
export interface View {
  readonly zoom: number;
  readonly scale: number;
  readonly originX: number;
  readonly originY: number;
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  /** The map's left and right edge, in px of the canvas, which reaches beyond them. */
  readonly edges: readonly [left: number, right: number];
  /** What lies over the map, such as its buttons, in px of the canvas. */
  readonly covers: readonly Box[];
}

/** A rectangle in px. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Marks what lies over the map for as long as the map is there. */
const COVERS = "[data-covers-map]";

/** Painted beyond each edge, as a part of the map's size. */
const PADDING = 0.2;

/** Leaflet's own overlays use this too; its types leave it out. */
interface Projecting {
  _latLngToNewLayerPoint(position: L.LatLng, zoom: number, center: L.LatLng): L.Point;
}

export abstract class CanvasLayer extends L.Layer {
  protected readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D | null;
  /** The map while this layer is on one. */
  protected host: L.Map | null = null;
  private frame = 0;
  /** When it was painted last, on the clock of the screen's frames. */
  private paintedAt = -Infinity;
  /** How long after that the next painting may be. */
  private waitMs = 0;
  /** Leaflet is scaling the canvas by itself until the zoom has ended. */
  private zooming = false;
  /** What lies over the map, in px of its container; null when it has to be measured again. */
  private covers: readonly Box[] | null = null;
  /** The canvas' north-west corner, in world pixels of the painted zoom. */
  private painted = { corner: L.point(0, 0), zoom: 0, size: L.point(0, 0) };

  constructor(private readonly paneName: string) {
    super();
    this.context = this.canvas.getContext("2d");
    this.canvas.className = "leaflet-zoom-animated canvas-layer";
    this.canvas.setAttribute("aria-hidden", "true");
  }

  /** Paint everything; the canvas is clear and scaled to CSS pixels. */
  protected abstract paint(context: CanvasRenderingContext2D, view: View): void;

  override onAdd(map: L.Map): this {
    this.host = map;
    (map.getPane(this.paneName) ?? map.createPane(this.paneName)).append(this.canvas);
    map.on("move", this.onMove, this);
    map.on("moveend resize viewreset", this.onRest, this);
    map.on("zoomanim", this.onZoomAnimation, this);
    map.on("zoomend", this.onZoomEnd, this);
    this.request();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("move", this.onMove, this);
    map.off("moveend resize viewreset", this.onRest, this);
    map.off("zoomanim", this.onZoomAnimation, this);
    map.off("zoomend", this.onZoomEnd, this);
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.canvas.remove();
    this.host = null;
    return this;
  }

  /** Paint with the next frame of the screen, or with the first one so long after the last painting. */
  request(sinceLastMs = 0): void {
    this.waitMs = this.frame === 0 ? sinceLastMs : Math.min(this.waitMs, sinceLastMs);
    if (this.frame !== 0 || this.host === null) return;
    this.frame = requestAnimationFrame((nowMs) => {
      this.frame = 0;
      if (nowMs - this.paintedAt < this.waitMs) return this.request(this.waitMs);
      this.paintedAt = nowMs;
      this.render();
    });
  }

  /** Where a place is on the painted canvas, in CSS px. */
  protected onCanvas(place: L.LatLng): L.Point {
    return this.host === null ? L.point(0, 0) : this.host.project(place, this.painted.zoom).subtract(this.painted.corner);
  }

  private render(): void {
    const map = this.host;
    if (map === null || this.context === null || this.zooming) return;
    const size = map.getSize();
    const margin = size.multiplyBy(PADDING).round();
    const full = size.add(margin.multiplyBy(2));
    const pixelRatio = Math.min(window.devicePixelRatio || 1, 2);
    this.resize(full, pixelRatio);
    const bounds = map.getPixelBounds();
    const corner = (bounds.min ?? L.point(0, 0)).subtract(margin);
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint(margin.multiplyBy(-1)));
    const zoom = map.getZoom();
    this.painted = { corner, zoom, size: full };
    this.context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    this.context.clearRect(0, 0, full.x, full.y);
    this.paint(this.context, {
      zoom,
      scale: worldPx(zoom),
      originX: corner.x,
      originY: corner.y,
      width: full.x,
      height: full.y,
      pixelRatio,
      edges: [margin.x, full.x - margin.x],
      covers: this.coversFrom(map, margin),
    });
  }

  private coversFrom(map: L.Map, { x, y }: L.Point): readonly Box[] {
    if (this.covers === null) {
      const origin = map.getContainer().getBoundingClientRect();
      const found = map.getContainer().parentElement?.querySelectorAll(COVERS) ?? [];
      this.covers = Array.from(found, (element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        const [dx, dy] = [origin.left, origin.top];
        return { left: left - dx, top: top - dy, right: right - dx, bottom: bottom - dy };
      });
    }
    return this.covers.map(({ left, top, right, bottom }) => {
      return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
    });
  }

  private resize(size: L.Point, pixelRatio: number): void {
    const width = Math.round(size.x * pixelRatio);
    const height = Math.round(size.y * pixelRatio);
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.style.width = `${size.x}px`;
    this.canvas.style.height = `${size.y}px`;
  }

  /** While dragging, repaint only when the view leaves what is painted. */
  private onMove(): void {
    const bounds = this.host?.getPixelBounds();
    if (bounds?.min === undefined || bounds.max === undefined) return;
    const { corner, size } = this.painted;
    const far = corner.add(size);
    const inside = bounds.min.x >= corner.x && bounds.min.y >= corner.y && bounds.max.x <= far.x && bounds.max.y <= far.y;
    if (!inside) this.request();
  }

  private onRest(): void {
    this.covers = null;
    this.request();
  }

  private onZoomAnimation(event: L.LeafletEvent): void {
    const map = this.host;
    if (map === null) return;
    this.zooming = true;
    const { center, zoom } = event as L.ZoomAnimEvent;
    const northWest = map.unproject(this.painted.corner, this.painted.zoom);
    const offset = (map as unknown as Projecting)._latLngToNewLayerPoint(northWest, zoom, center);
    L.DomUtil.setTransform(this.canvas, offset, map.getZoomScale(zoom, this.painted.zoom));
  }

  private onZoomEnd(): void {
    this.zooming = false;
    this.request();
  }
}
