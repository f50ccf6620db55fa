/** What is drawn behind and over the curve: the norm, the target, the rest pose, and every repetition. */

import type uPlot from "uplot";
import type { ChartColours } from "./chart-colours.ts";
import { directionOf, TOLERANCE_DEG } from "./joints.ts";
import type { Span, Target } from "./joints.ts";
import { sayDegrees } from "./repetition.ts";
import type { Mark } from "./repetition.ts";

export interface Scene {
  readonly norm: Span | null;
  readonly target: Target;
  readonly marks: readonly Mark[];
  /** The number of the repetition that is pointed at. */
  readonly chosen: number | null;
}

/** Numbers stand at peaks that are at least this far apart, CSS pixels. */
const LABEL_GAP_PX = 22;
/** With less room for each, peaks are drawn smaller. */
const DENSE_PX = 16;

interface Pen {
  readonly plot: uPlot;
  readonly colours: ChartColours;
  /** Canvas pixels a CSS pixel has. */
  readonly ratio: number;
}

export function penOf(plot: uPlot, colours: ChartColours): Pen {
  return { plot, colours, ratio: plot.ctx.canvas.width / plot.width };
}

function inside({ plot }: Pen, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function band(pen: Pen, [from, to]: Span, colour: string): void {
  const { plot } = pen;
  inside(pen, (context) => {
    const [top, bottom] = [plot.valToPos(to, "y", true), plot.valToPos(from, "y", true)];
    context.fillStyle = colour;
    context.fillRect(plot.bbox.left, top, plot.bbox.width, bottom - top);
  });
}

function level(pen: Pen, angle: number, colour: string, dash: readonly number[]): void {
  const { plot, ratio } = pen;
  inside(pen, (context) => {
    const y = plot.valToPos(angle, "y", true);
    context.strokeStyle = colour;
    context.lineWidth = 1.5 * ratio;
    context.setLineDash(dash.map((px) => px * ratio));
    context.beginPath();
    context.moveTo(plot.bbox.left, y);
    context.lineTo(plot.bbox.left + plot.bbox.width, y);
    context.stroke();
  });
}

/** Readable over the curve. */
function write(context: CanvasRenderingContext2D, { colours, ratio }: Pen, words: string, x: number, y: number, colour: string): void {
  context.font = scaled(colours.font, ratio);
  context.lineJoin = "round";
  context.lineWidth = 4 * ratio;
  context.strokeStyle = colours.surface;
  context.strokeText(words, x, y);
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

/** What the levels are, at the left end. */
function drawLevelNames(pen: Pen, { target_angle: aim, rest_angle: rest }: Target): void {
  const { plot, ratio, colours } = pen;
  const x = plot.bbox.left + 6 * ratio;
  inside(pen, (context) => {
    context.textAlign = "left";
    context.textBaseline = "bottom";
    if (aim !== null) write(context, pen, `Target ${sayDegrees(aim)}`, x, plot.valToPos(aim, "y", true) - 3 * ratio, colours.target);
    if (rest !== null) write(context, pen, `Rest ${sayDegrees(rest)}`, x, plot.valToPos(rest, "y", true) - 3 * ratio, colours.text);
  });
}

function scaled(font: string, ratio: number): string {
  return font.replace(/^(\d+)px/, (_, size: string) => `${Number(size) * ratio}px`);
}

/** Before the curve. */
export function drawBands(pen: Pen, { norm, target, marks, chosen }: Scene): void {
  const { colours, plot } = pen;
  if (norm !== null) band(pen, norm, colours.norm);
  const { target_angle: aim, rest_angle: rest } = target;
  if (aim !== null) band(pen, [aim - TOLERANCE_DEG, aim + TOLERANCE_DEG], colours.targetBand);
  const one = marks.find(({ number }) => number === chosen);
  if (one !== undefined) {
    inside(pen, (context) => {
      const [left, right] = [plot.valToPos(one.startS, "x", true), plot.valToPos(one.endS, "x", true)];
      context.fillStyle = colours.targetBand;
      context.fillRect(left, plot.bbox.top, Math.max(2 * pen.ratio, right - left), plot.bbox.height);
    });
  }
  if (rest !== null) level(pen, rest, colours.rest, [2, 4]);
  if (aim !== null) level(pen, aim, colours.target, [7, 5]);
}

/** After the curve: full where the target was reached, hollow where not; numbered where there is room. */
export function drawMarks(pen: Pen, { marks, chosen, target }: Scene, compact: boolean): void {
  const { plot, ratio, colours } = pen;
  const radius = compact || marks.length * DENSE_PX > plot.width ? 3 : 4.5;
  let labelled = -Infinity;
  inside(pen, (context) => {
    context.textAlign = "center";
    for (const mark of marks) {
      const [x, y] = [plot.valToPos(mark.peakS, "x", true), plot.valToPos(mark.peak, "y", true)];
      if (x < plot.bbox.left - 8 * ratio || x > plot.bbox.left + plot.bbox.width + 8 * ratio) continue;
      context.beginPath();
      context.arc(x, y, (mark.number === chosen ? 6.5 : radius) * ratio, 0, 2 * Math.PI);
      context.strokeStyle = mark.valid ? colours.valid : colours.partial;
      context.fillStyle = mark.valid ? colours.valid : colours.surface;
      context.lineWidth = 2 * ratio;
      context.fill();
      context.stroke();
      if (compact || (x - labelled < LABEL_GAP_PX * ratio && mark.number !== chosen)) continue;
      labelled = x;
      label(context, pen, mark, x, y, directionOf(target));
    }
  });
  if (!compact) drawLevelNames(pen, target);
}

/** Beyond the peak, where the curve is not: below it where a repetition goes down. */
function label(context: CanvasRenderingContext2D, pen: Pen, mark: Mark, x: number, y: number, direction: 1 | -1): void {
  const { plot, ratio, colours } = pen;
  const room = direction === 1 ? y - plot.bbox.top : plot.bbox.top + plot.bbox.height - y;
  const above = room > 24 * ratio === (direction === 1);
  context.textBaseline = above ? "bottom" : "top";
  write(context, pen, String(mark.number), x, above ? y - 8 * ratio : y + 8 * ratio, colours.text);
}
