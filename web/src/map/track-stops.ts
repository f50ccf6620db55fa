/** The stops of a track: a square each, and for how long where there is room to say it. */

import type { Stop } from "../track.ts";
import type { Span } from "../track-spans.ts";
import { duration } from "../track-time.ts";
import type { View } from "./canvas-layer.ts";
import { unitX, unitY } from "./mercator.ts";
import type { TrackColours } from "./track-colours.ts";

const SIDE_PX = 11;
const HEIGHT = 17;
const PAD = 6;
const FONT = '600 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

interface Placed {
  readonly stop: Stop;
  readonly x: number;
  readonly y: number;
}

function length(stop: Span): number {
  return stop.toMs - stop.fromMs;
}

export class StopPainter {
  constructor(private readonly colours: TrackColours) {}

  /** Longest first, so that what matters gets its label. */
  paint(context: CanvasRenderingContext2D, view: View, stops: readonly Stop[], highlight: Span | null): void {
    const placed: Placed[] = [...stops]
      .sort((one, other) => length(other) - length(one))
      .map((stop) => ({
        stop,
        x: unitX(stop.longitude) * view.scale - view.originX,
        y: unitY(stop.latitude) * view.scale - view.originY,
      }))
      .filter(({ x, y }) => x > -SIDE_PX && y > -SIDE_PX && x < view.width + SIDE_PX && y < view.height + SIDE_PX);
    for (const one of placed) this.paintSquare(context, one, meant(one.stop, highlight));
    const taken: Placed[] = [];
    context.font = FONT;
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const one of placed) {
      const free = taken.every((other) => Math.abs(other.x - one.x) > 64 || Math.abs(other.y - one.y) > HEIGHT + 4);
      if (!free && !meant(one.stop, highlight)) continue;
      taken.push(one);
      this.paintLabel(context, one);
    }
  }

  private paintSquare(context: CanvasRenderingContext2D, { x, y }: Placed, large: boolean): void {
    const side = large ? SIDE_PX * 1.4 : SIDE_PX;
    context.beginPath();
    context.roundRect(x - side / 2, y - side / 2, side, side, 3);
    context.fillStyle = this.colours.label;
    context.fill();
    context.lineWidth = large ? 3.5 : 2.5;
    context.strokeStyle = this.colours.labelInk;
    context.stroke();
  }

  private paintLabel(context: CanvasRenderingContext2D, { stop, x, y }: Placed): void {
    const text = duration(length(stop) / 1000);
    const [left, top] = [Math.round(x + SIDE_PX), Math.round(y - HEIGHT / 2)];
    context.beginPath();
    context.roundRect(left, top, context.measureText(text).width + PAD * 2, HEIGHT, 4);
    context.fillStyle = this.colours.label;
    context.globalAlpha = 0.92;
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = this.colours.labelInk;
    context.fillText(text, left + PAD, top + HEIGHT / 2 + 0.5);
  }
}

/** Whether a stop is the one that is pointed at. */
function meant(stop: Span, highlight: Span | null): boolean {
  return highlight !== null && stop.fromMs < highlight.toMs && stop.toMs > highlight.fromMs;
}
