/** The calls on the map: a pin a call with its priority, a line from each unit that has one, and the hospital it goes to. */

import * as L from "leaflet";
import { CanvasLayer } from "../map/canvas-layer.ts";
import type { View } from "../map/canvas-layer.ts";
import { unitX, unitY } from "../map/mercator.ts";
import type { MarkerColours } from "../map/palette.ts";
import type { Place } from "../order.ts";

export interface CallPin {
  readonly id: string;
  readonly place: Place;
  readonly priority: number;
  /** No unit has it yet. */
  readonly waits: boolean;
  /** Where the units are that have it. */
  readonly units: readonly Place[];
  readonly destination: Place | null;
}

/** Dark enough for a white figure (4.5 to 1), and told apart by the figure too. */
export const PRIORITY_COLOURS: Readonly<Record<number, string>> = { 1: "#c4122f", 2: "#a84a00", 3: "#005a96", 4: "#566473" };
const RADIUS = 13;
const RISE = 25;
const HIT_PX = 18;

export class CallsLayer extends CanvasLayer {
  private pins: readonly CallPin[] = [];
  private chosen: string | null = null;
  /** Where a call that is being taken is. */
  private draft: Place | null = null;
  private placed: readonly { readonly id: string; readonly x: number; readonly y: number }[] = [];

  constructor(private colours: MarkerColours) {
    super("calls");
  }

  recolour(colours: MarkerColours): void {
    this.colours = colours;
    this.request();
  }

  show(pins: readonly CallPin[], chosen: string | null, draft: Place | null): void {
    [this.pins, this.chosen, this.draft] = [pins, chosen, draft];
    this.request();
  }

  /** The call whose pin is drawn nearest to a place, if one is within a finger's reach. */
  hitAt({ latitude, longitude }: Place): string | null {
    const { x, y } = this.onCanvas(L.latLng(latitude, longitude));
    let [found, best] = [null as string | null, HIT_PX ** 2];
    for (const pin of this.placed) {
      const distance = (pin.x - x) ** 2 + (pin.y - RISE - y) ** 2;
      if (distance <= best) [found, best] = [pin.id, distance];
    }
    return found;
  }

  protected override paint(context: CanvasRenderingContext2D, view: View): void {
    const at = (place: Place): { x: number; y: number } => ({
      x: unitX(place.longitude) * view.scale - view.originX,
      y: unitY(place.latitude) * view.scale - view.originY,
    });
    for (const pin of this.pins) this.paintLines(context, pin, at);
    const order = [...this.pins].sort((one, other) => this.depthOf(one) - this.depthOf(other));
    this.placed = order.map((pin) => ({ id: pin.id, ...at(pin.place) }));
    order.forEach((pin, index) => {
      const { x, y } = this.placed[index] ?? { x: 0, y: 0 };
      this.paintPin(context, pin, x, y);
    });
    if (this.draft !== null) this.paintDraft(context, at(this.draft));
  }

  /** The most urgent lie above the others, and the chosen one above all. */
  private depthOf(pin: CallPin): number {
    return pin.id === this.chosen ? 9 : 5 - pin.priority;
  }

  private paintLines(context: CanvasRenderingContext2D, pin: CallPin, at: (place: Place) => { x: number; y: number }): void {
    const [scene, chosen] = [at(pin.place), pin.id === this.chosen];
    context.strokeStyle = PRIORITY_COLOURS[pin.priority] ?? this.colours.accent;
    context.globalAlpha = chosen ? 1 : 0.45;
    context.lineWidth = chosen ? 3 : 2;
    context.setLineDash([7, 5]);
    const ends = chosen && pin.destination !== null ? [...pin.units, pin.destination] : pin.units;
    for (const end of ends) {
      const { x, y } = at(end);
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(scene.x, scene.y);
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
    if (chosen && pin.destination !== null) this.paintHospital(context, at(pin.destination));
  }

  private paintPin(context: CanvasRenderingContext2D, pin: CallPin, x: number, y: number): void {
    const chosen = pin.id === this.chosen;
    this.outline(context, x, y, chosen ? RADIUS + 3 : RADIUS);
    context.fillStyle = PRIORITY_COLOURS[pin.priority] ?? this.colours.accent;
    context.fill();
    context.lineWidth = chosen ? 4 : 2;
    context.strokeStyle = chosen ? this.colours.accent : this.colours.edge;
    context.stroke();
    if (pin.waits) {
      context.beginPath();
      context.arc(x, y - RISE, RADIUS - 3, 0, Math.PI * 2);
      context.lineWidth = 1.5;
      context.strokeStyle = "#ffffff";
      context.stroke();
    }
    context.fillStyle = "#ffffff";
    context.font = "700 14px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(pin.priority), x, y - RISE + 0.5);
  }

  private paintDraft(context: CanvasRenderingContext2D, { x, y }: { x: number; y: number }): void {
    this.outline(context, x, y, RADIUS + 2);
    context.fillStyle = this.colours.accent;
    context.fill();
    context.lineWidth = 3;
    context.strokeStyle = this.colours.edge;
    context.stroke();
    context.beginPath();
    context.arc(x, y - RISE, 5, 0, Math.PI * 2);
    context.fillStyle = "#ffffff";
    context.fill();
  }

  private outline(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
    const half = radius * 0.85;
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(x - 3, y - RISE * 0.35, x - half, y - RISE * 0.5, x - radius, y - RISE);
    context.arc(x, y - RISE, radius, Math.PI, 0);
    context.bezierCurveTo(x + half, y - RISE * 0.5, x + 3, y - RISE * 0.35, x, y);
    context.closePath();
  }

  private paintHospital(context: CanvasRenderingContext2D, { x, y }: { x: number; y: number }): void {
    context.beginPath();
    context.roundRect(x - 11, y - 11, 22, 22, 5);
    context.fillStyle = this.colours.label;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = this.colours.ink;
    context.stroke();
    context.fillStyle = this.colours.labelInk;
    context.font = "700 14px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("H", x, y + 0.5);
  }
}
