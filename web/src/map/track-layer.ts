/** Where one ambulance went, on a canvas below the markers. */

import { isGap } from "../track.ts";
import type { Track, TrackPoint } from "../track.ts";
import { classOf, CLASSES } from "../track-colour.ts";
import type { Colouring } from "../track-colour.ts";
import type { Span } from "../track-spans.ts";
import { CanvasLayer } from "./canvas-layer.ts";
import type { View } from "./canvas-layer.ts";
import { unitX, unitY } from "./mercator.ts";
import type { TrackColours } from "./track-colours.ts";
import { StopPainter } from "./track-stops.ts";

export interface TrackPicture {
  readonly track: Track;
  readonly colouring: Colouring;
  readonly range: Span;
  /** The stretch under the pointer in the list of trips; the rest is dimmed. */
  readonly highlight: Span | null;
}

const LINE_PX = 4;
const CASING_PX = 7.5;
const DIMMED = 0.22;
const GAP_DASH = [3, 7];
const NOBODY = 255;

/** The kind after those that are colours. */
const GAP = CLASSES;

export class TrackLayer extends CanvasLayer {
  private picture: TrackPicture | null = null;
  /** Unit square, two numbers a point. */
  private places = new Float64Array(0);
  /** Of the drive that ends at each point: its colour, or that it is a gap. */
  private kinds = new Uint8Array(0);
  private stops: StopPainter;

  constructor(private colours: TrackColours) {
    super("track");
    this.stops = new StopPainter(colours);
  }

  recolour(colours: TrackColours): void {
    this.colours = colours;
    this.stops = new StopPainter(colours);
    this.request();
  }

  show(picture: TrackPicture): void {
    const known = this.picture;
    this.picture = picture;
    const same = known?.track === picture.track && known.colouring === picture.colouring;
    if (!same || picture.colouring === "time") this.measure(picture);
    this.request();
  }

  private measure({ track, colouring, range }: TrackPicture): void {
    const { points } = track;
    this.places = new Float64Array(points.length * 2);
    this.kinds = new Uint8Array(points.length).fill(NOBODY);
    let before: TrackPoint | undefined;
    for (const [at, point] of points.entries()) {
      this.places[at * 2] = unitX(point.longitude);
      this.places[at * 2 + 1] = unitY(point.latitude);
      if (before !== undefined) {
        this.kinds[at] = isGap(track, before, point) ? GAP : classOf(before, point, colouring, range);
      }
      before = point;
    }
  }

  protected override paint(context: CanvasRenderingContext2D, view: View): void {
    const picture = this.picture;
    if (picture === null) return;
    const { highlight, track } = picture;
    context.lineJoin = "round";
    context.lineCap = "round";
    context.globalAlpha = highlight === null ? 1 : DIMMED;
    this.paintLine(context, view, 1, track.points.length);
    context.globalAlpha = 1;
    if (highlight !== null) {
      const [first, last] = this.indexesOf(highlight, track.points);
      this.paintLine(context, view, first + 1, last, 1.5);
    }
    this.paintStart(context, view);
    this.stops.paint(context, view, track.stops, highlight);
  }

  private indexesOf(span: Span, points: readonly TrackPoint[]): [first: number, last: number] {
    const first = points.findIndex((point) => point.tMs >= span.fromMs);
    const last = points.findLastIndex((point) => point.tMs <= span.toMs);
    return [Math.max(0, first), last + 1];
  }

  /** The drives that end at the points from `first` until before `last`. */
  private paintLine(context: CanvasRenderingContext2D, view: View, first: number, last: number, wide = 1): void {
    context.setLineDash([]);
    context.lineWidth = CASING_PX * wide;
    context.strokeStyle = this.colours.casing;
    this.paintRuns(context, view, first, last, (kind) => (kind === GAP ? null : 0));
    context.lineWidth = LINE_PX * wide;
    this.paintRuns(context, view, first, last, (kind) => (kind === GAP ? null : kind), this.colours.classes);
    context.setLineDash(GAP_DASH);
    context.lineWidth = 2;
    context.strokeStyle = this.colours.gap;
    this.paintRuns(context, view, first, last, (kind) => (kind === GAP ? 0 : null));
    context.setLineDash([]);
  }

  /** Stroke neighbouring drives of one kind in one go; those that `kindOf` calls null are left out. */
  private paintRuns(
    context: CanvasRenderingContext2D,
    view: View,
    first: number,
    last: number,
    kindOf: (kind: number) => number | null,
    inks?: readonly string[],
  ): void {
    let open: number | null = null;
    const close = (): void => {
      if (open === null) return;
      if (inks !== undefined) context.strokeStyle = inks[open] ?? "";
      context.stroke();
      open = null;
    };
    for (let at = first; at < last; at += 1) {
      const kind = kindOf(this.kinds[at] ?? NOBODY);
      const [x, y, toX, toY] = this.onView(view, at);
      if (kind !== open || kind === null || !crosses(view, x, y, toX, toY)) close();
      if (kind === null || !crosses(view, x, y, toX, toY)) continue;
      if (open === null) {
        context.beginPath();
        context.moveTo(x, y);
        open = kind;
      }
      context.lineTo(toX, toY);
    }
    close();
  }

  private onView(view: View, at: number): [x: number, y: number, toX: number, toY: number] {
    const place = (index: number, origin: number): number => (this.places[index] ?? 0) * view.scale - origin;
    return [
      place(at * 2 - 2, view.originX),
      place(at * 2 - 1, view.originY),
      place(at * 2, view.originX),
      place(at * 2 + 1, view.originY),
    ];
  }

  /** A small ring where the track begins. */
  private paintStart(context: CanvasRenderingContext2D, view: View): void {
    if (this.places.length === 0) return;
    const [, , x, y] = this.onView(view, 0);
    context.beginPath();
    context.arc(x, y, 4.5, 0, Math.PI * 2);
    context.fillStyle = this.colours.label;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = this.colours.labelInk;
    context.stroke();
  }
}

function crosses(view: View, x: number, y: number, toX: number, toY: number): boolean {
  const margin = CASING_PX;
  return (
    Math.max(x, toX) >= -margin &&
    Math.max(y, toY) >= -margin &&
    Math.min(x, toX) <= view.width + margin &&
    Math.min(y, toY) <= view.height + margin
  );
}
