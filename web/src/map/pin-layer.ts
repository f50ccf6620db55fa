/** A place that somebody asked about, and the lines to those who are nearest to it. */

import type { Place } from "../order.ts";
import { CanvasLayer } from "./canvas-layer.ts";
import type { View } from "./canvas-layer.ts";
import { unitX, unitY } from "./mercator.ts";
import type { MarkerColours } from "./palette.ts";

export class PinLayer extends CanvasLayer {
  private pin: Place | null = null;
  private near: readonly Place[] = [];

  constructor(private colours: MarkerColours) {
    super("track");
  }

  recolour(colours: MarkerColours): void {
    this.colours = colours;
    this.request();
  }

  show(pin: Place, near: readonly Place[]): this {
    [this.pin, this.near] = [pin, near];
    this.request();
    return this;
  }

  protected override paint(context: CanvasRenderingContext2D, view: View): void {
    if (this.pin === null) return;
    const at = (place: Place): [number, number] => [
      unitX(place.longitude) * view.scale - view.originX,
      unitY(place.latitude) * view.scale - view.originY,
    ];
    const [x, y] = at(this.pin);
    context.beginPath();
    for (const place of this.near) {
      context.moveTo(x, y);
      context.lineTo(...at(place));
    }
    context.setLineDash([2, 6]);
    context.lineCap = "round";
    context.lineWidth = 2.5;
    context.strokeStyle = this.colours.accent;
    context.stroke();
    context.setLineDash([]);
    this.paintPin(context, x, y);
  }

  private paintPin(context: CanvasRenderingContext2D, x: number, y: number): void {
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(x - 4, y - 10, x - 11, y - 14, x - 11, y - 22);
    context.arc(x, y - 22, 11, Math.PI, 0);
    context.bezierCurveTo(x + 11, y - 14, x + 4, y - 10, x, y);
    context.closePath();
    context.fillStyle = this.colours.accent;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = this.colours.edge;
    context.stroke();
    context.beginPath();
    context.arc(x, y - 22, 4, 0, Math.PI * 2);
    context.fillStyle = this.colours.edge;
    context.fill();
  }
}
