/** The marker pictures, drawn once each and copied from then on. */

import type { Freshness } from "../freshness.ts";
import { OUTLINES, SHAPE_BOX } from "../shapes.ts";
import type { Status } from "../status.ts";
import type { MarkerColours } from "./palette.ts";

/** A body's side on the map in CSS px, with room for its edge. */
export const BODY_PX = 28;
/** The heading arrow's square: the arrow circles the body's middle. */
export const ARROW_PX = 52;
/** A body's shape within its square. */
const SHAPE_PX = 21;

export class Sprites {
  private readonly pictures = new Map<string, HTMLCanvasElement>();

  constructor(
    private readonly colours: MarkerColours,
    readonly pixelRatio: number,
  ) {}

  /** The upright status shape: full while live, dashed and pale when stale, hollow and struck out without a signal. */
  body(status: Status, freshness: Freshness): HTMLCanvasElement {
    return this.picture(`${status.code} ${freshness}`, BODY_PX, (context) => {
      const scale = SHAPE_PX / SHAPE_BOX;
      context.scale(scale, scale);
      context.translate(-SHAPE_BOX / 2, -SHAPE_BOX / 2);
      const path = new Path2D(OUTLINES[status.shape]);
      context.lineJoin = "round";
      if (freshness === "lost") this.hollow(context, path);
      else this.filled(context, path, status, freshness);
    });
  }

  /** An arrowhead that looks out from behind the body, upwards: to be turned by the heading. */
  arrow(status: Status, freshness: Freshness): HTMLCanvasElement {
    return this.picture(`arrow ${status.code} ${freshness}`, ARROW_PX, (context) => {
      context.beginPath();
      context.moveTo(0, -20.5);
      context.lineTo(7.5, -7);
      context.lineTo(-7.5, -7);
      context.closePath();
      context.lineJoin = "round";
      context.strokeStyle = this.colours.edge;
      context.lineWidth = 4.5;
      context.stroke();
      context.fillStyle = freshness === "live" ? status.colour : this.colours.lost;
      context.fill();
      context.strokeStyle = this.colours.ink;
      context.lineWidth = 1;
      context.stroke();
    });
  }

  private filled(context: CanvasRenderingContext2D, path: Path2D, status: Status, freshness: Freshness): void {
    context.strokeStyle = this.colours.edge;
    context.lineWidth = 5;
    context.stroke(path);
    context.globalAlpha = freshness === "live" ? 1 : 0.45;
    context.fillStyle = status.colour;
    context.fill(path, "evenodd");
    context.globalAlpha = 1;
    context.strokeStyle = this.colours.ink;
    context.lineWidth = 1.3;
    if (freshness === "stale") {
      context.strokeStyle = this.colours.stale;
      context.lineWidth = 2.4;
      context.setLineDash([3.5, 2.5]);
    }
    context.stroke(path);
  }

  private hollow(context: CanvasRenderingContext2D, path: Path2D): void {
    context.strokeStyle = this.colours.edge;
    context.lineWidth = 6;
    context.stroke(path);
    context.fillStyle = this.colours.edge;
    context.fill(path);
    context.strokeStyle = this.colours.lost;
    context.lineWidth = 2.2;
    context.stroke(path);
    context.beginPath();
    context.moveTo(3, 21);
    context.lineTo(21, 3);
    context.lineWidth = 2.8;
    context.stroke();
  }

  private picture(key: string, side: number, draw: (context: CanvasRenderingContext2D) => void): HTMLCanvasElement {
    const known = this.pictures.get(key);
    if (known !== undefined) return known;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.ceil(side * this.pixelRatio);
    const context = canvas.getContext("2d");
    if (context !== null) {
      context.scale(this.pixelRatio, this.pixelRatio);
      context.translate(side / 2, side / 2);
      draw(context);
    }
    this.pictures.set(key, canvas);
    return canvas;
  }
}
