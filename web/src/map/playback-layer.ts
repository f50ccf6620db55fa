/** The fleet as it was at a moment of the past, on a canvas in place of the live one. */

import type * as L from "leaflet";
import { age } from "../format.ts";
import { statusThen } from "../playback-rows.ts";
import type { Reel, Seen } from "../playback-reel.ts";
import type { Passing } from "../playback-window.ts";
import { CanvasLayer } from "./canvas-layer.ts";
import type { View } from "./canvas-layer.ts";
import { LabelPainter } from "./labels.ts";
import type { Label } from "./labels.ts";
import type { MarkerColours } from "./palette.ts";
import { ARROW_PX, BODY_PX, Sprites } from "./sprites.ts";

interface Placed {
  readonly seen: Seen;
  readonly x: number;
  readonly y: number;
}

/** What is to be shown of the past. */
export interface PlaybackScene {
  readonly reel: Reel;
  readonly selected: number | null;
  /** Plates by ambulance. */
  readonly nameOf: (id: number) => string;
  /** Whether the filter of the list lets an ambulance through. */
  readonly admits: (id: number) => boolean;
}

/** As the live fleet is drawn: names and full size only where there is room for them. */
const NAMED_AT_MOST = 150;
const LARGE_AT_MOST = 1_000;
const HIT_PX = 18;
const TRAIL_S = 600;
const GONE_ALPHA = 0.6;

export class PlaybackLayer extends CanvasLayer {
  private sprites: Sprites;
  private labels: LabelPainter;
  private placed: Placed[] = [];
  private atMs = 0;

  constructor(
    private colours: MarkerColours,
    private scene: PlaybackScene,
  ) {
    super("playback");
    this.sprites = new Sprites(colours, 1);
    this.labels = new LabelPainter(colours);
  }

  recolour(colours: MarkerColours): void {
    this.colours = colours;
    this.sprites = new Sprites(colours, this.sprites.pixelRatio);
    this.labels = new LabelPainter(colours);
    this.request();
  }

  stage(scene: PlaybackScene): void {
    this.scene = scene;
    this.request();
  }

  /** Show the fleet as it was at `atMs`. */
  show(atMs: number): void {
    this.atMs = atMs;
    this.request();
  }

  /** The ambulance drawn nearest to a place, if one is within a finger's reach. */
  hitAt(place: L.LatLng): number | null {
    const { x, y } = this.onCanvas(place);
    let [found, best] = [null as number | null, HIT_PX ** 2];
    for (const one of this.placed) {
      const distance = (one.x - x) ** 2 + (one.y - y) ** 2;
      if (distance <= best) [found, best] = [one.seen.id, distance];
    }
    return found;
  }

  protected override paint(context: CanvasRenderingContext2D, view: View): void {
    if (this.sprites.pixelRatio !== view.pixelRatio) this.sprites = new Sprites(this.colours, view.pixelRatio);
    const { reel, selected } = this.scene;
    this.placed = this.collect(view);
    if (selected !== null) this.paintTrail(context, view, reel.trail(selected, this.atMs, TRAIL_S));
    const large = this.placed.length <= LARGE_AT_MOST;
    for (const one of this.placed) if (one.seen.freshness !== "live") this.paintMarker(context, one, large);
    for (const one of this.placed) if (one.seen.freshness === "live") this.paintMarker(context, one, large);
    for (const one of this.placed) if (one.seen.id === selected) this.paintSelected(context, one);
    const named = this.placed.length <= NAMED_AT_MOST;
    this.labels.paint(context, this.chooseLabels(named), named ? this.placed : [], view);
  }

  private collect(view: View): Placed[] {
    const placed: Placed[] = [];
    for (const seen of this.scene.reel.seenAt(this.atMs)) {
      const x = seen.x * view.scale - view.originX;
      const y = seen.y * view.scale - view.originY;
      if (x < -ARROW_PX || y < -ARROW_PX || x > view.width + ARROW_PX || y > view.height + ARROW_PX) continue;
      if (this.scene.admits(seen.id)) placed.push({ seen, x, y });
    }
    return placed;
  }

  private paintMarker(context: CanvasRenderingContext2D, { seen, x, y }: Placed, large: boolean): void {
    const status = statusThen(seen);
    context.globalAlpha = seen.freshness === "live" ? 1 : GONE_ALPHA;
    if (large && seen.heading !== null) {
      context.translate(x, y);
      context.rotate((seen.heading * Math.PI) / 180);
      const half = ARROW_PX / 2;
      context.drawImage(this.sprites.arrow(status, "live"), -half, -half, ARROW_PX, ARROW_PX);
      context.rotate((-seen.heading * Math.PI) / 180);
      context.translate(-x, -y);
    }
    const side = large ? BODY_PX : BODY_PX / 2;
    context.drawImage(this.sprites.body(status, seen.freshness), x - side / 2, y - side / 2, side, side);
    context.globalAlpha = 1;
  }

  private paintSelected(context: CanvasRenderingContext2D, placed: Placed): void {
    context.beginPath();
    context.arc(placed.x, placed.y, 23, 0, Math.PI * 2);
    context.lineWidth = 3;
    context.strokeStyle = this.colours.accent;
    context.stroke();
    this.paintMarker(context, placed, true);
  }

  /** Where the selected one came from; silence leaves a hole, because nobody knows where it drove. */
  private paintTrail(context: CanvasRenderingContext2D, view: View, trail: readonly (Passing | null)[]): void {
    const here = this.placed.find(({ seen }) => seen.id === this.scene.selected);
    context.beginPath();
    let pen = false;
    if (here?.seen.ageS === 0) {
      context.moveTo(here.x, here.y);
      pen = true;
    }
    for (const point of trail) {
      const [x, y] = point === null ? [0, 0] : [point.x * view.scale - view.originX, point.y * view.scale - view.originY];
      if (point === null) pen = false;
      else if (pen) context.lineTo(x, y);
      else context.moveTo(x, y);
      if (point !== null) pen = true;
    }
    context.lineJoin = "round";
    context.lineCap = "round";
    context.lineWidth = 7;
    context.strokeStyle = this.colours.edge;
    context.stroke();
    context.lineWidth = 3.5;
    context.strokeStyle = this.colours.accent;
    context.stroke();
  }

  private chooseLabels(named: boolean): Label[] {
    const { selected, nameOf } = this.scene;
    return this.placed
      .filter(({ seen }) => named || seen.id === selected)
      .map(({ seen, x, y }) => ({
        x,
        y,
        name: nameOf(seen.id),
        age: seen.freshness === "live" ? "" : `no signal ${age(seen.ageS)}`,
        freshness: seen.freshness,
        alarm: false,
        insists: seen.id === selected,
      }));
  }
}
