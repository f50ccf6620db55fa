/** Plate and age beside a marker, left out where they would cover one another. */

import type { Freshness } from "../freshness.ts";
import type { Box, View } from "./canvas-layer.ts";
import type { MarkerColours } from "./palette.ts";

export interface Label {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly age: string;
  readonly freshness: Freshness;
  readonly alarm: boolean;
  /** Drawn even over others: the selected one, an alarm, the one under the pointer. */
  readonly insists: boolean;
}

/** Where a marker is, so that labels stay off it. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

const HEIGHT = 17;
const PAD = 6;
const GAP = 5;
/** From the middle of the marker to its label. */
const DROP = 17;
/** Half the side of what is kept free around other markers. */
const BODY = 9;
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const NAME_FONT = `600 11px ${FAMILY}`;
const AGE_FONT = `500 11px ${FAMILY}`;

function around({ x, y }: Spot, half: number): Box {
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}

/** The places for a label this wide, best first: below its marker, above, right, left. */
function places({ x, y }: Spot, width: number): Box[] {
  const corners = [
    [x - width / 2, y + DROP],
    [x - width / 2, y - DROP - HEIGHT],
    [x + DROP, y - HEIGHT / 2],
    [x - DROP - width, y - HEIGHT / 2],
  ] as const;
  return corners.map(([left, top]) => {
    const [roundLeft, roundTop] = [Math.round(left), Math.round(top)];
    return { left: roundLeft, top: roundTop, right: roundLeft + width, bottom: roundTop + HEIGHT };
  });
}

/** What is placed first gets its place: insisting labels, then overdue ones, then the rest. */
function urgency(label: Label): number {
  return label.insists ? 0 : label.freshness === "live" ? 2 : 1;
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

export class LabelPainter {
  private readonly widths = new Map<string, number>();

  constructor(private readonly colours: MarkerColours) {}

  /** Draw what has room, off what lies over the map; `spots` are the markers in view. */
  paint(
    context: CanvasRenderingContext2D,
    labels: readonly Label[],
    spots: readonly Spot[],
    { edges, covers }: Pick<View, "edges" | "covers">,
  ): void {
    const bodies = spots.map((spot) => around(spot, BODY));
    const taken: Box[] = [...covers];
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const label of [...labels].sort((one, other) => urgency(one) - urgency(other))) {
      const nameWidth = label.name === "" ? 0 : this.width(context, label.name, NAME_FONT);
      const width = nameWidth + (nameWidth > 0 ? GAP : 0) + this.width(context, label.age, AGE_FONT) + PAD * 2;
      // a plate that the edge cuts in two is read wrongly: only what must not be overlooked stands there, if it has to
      const cut = (box: Box): boolean => box.left < edges[0] || box.right > edges[1];
      const every = places(label, width);
      const whole = every.filter((box) => !cut(box));
      const boxes = urgency(label) === 2 ? whole : [...whole, ...every.filter(cut)];
      const hits = (box: Box, others: readonly Box[]): boolean => others.some((other) => overlaps(box, other));
      const free = boxes.find((box) => !hits(box, taken) && !hits(box, bodies));
      // what is overdue may cover a marker, and what insists anything: they must not be overlooked
      const fallback = urgency(label) === 1 ? boxes.find((box) => !hits(box, taken)) : boxes[0];
      const box = free ?? (urgency(label) === 2 ? undefined : fallback);
      if (box === undefined) continue;
      taken.push(box);
      if (label.insists) taken.push(around(label, DROP));
      this.paintOne(context, label, box, nameWidth);
    }
  }

  private paintOne(context: CanvasRenderingContext2D, label: Label, box: Box, nameWidth: number): void {
    const [back, name, age] = this.inks(label);
    context.globalAlpha = label.insists ? 1 : 0.88;
    context.beginPath();
    context.roundRect(box.left, box.top, box.right - box.left, HEIGHT, HEIGHT / 2);
    context.fillStyle = back;
    context.fill();
    context.globalAlpha = 1;
    const middle = box.top + HEIGHT / 2 + 0.5;
    let x = box.left + PAD;
    if (nameWidth > 0) {
      context.font = NAME_FONT;
      context.fillStyle = name;
      context.fillText(label.name, x, middle);
      x += nameWidth + GAP;
    }
    context.font = AGE_FONT;
    context.fillStyle = age;
    context.fillText(label.age, x, middle);
  }

  private inks(label: Label): [back: string, name: string, age: string] {
    const colours = this.colours;
    if (label.alarm) return [colours.alarm, "#ffffff", "#ffffff"];
    if (label.freshness === "stale") return [colours.stale, colours.staleInk, colours.staleInk];
    if (label.freshness === "lost") return [colours.lost, colours.lostInk, colours.lostInk];
    return [colours.label, colours.labelInk, colours.labelMuted];
  }

  private width(context: CanvasRenderingContext2D, text: string, font: string): number {
    const key = font + text;
    let width = this.widths.get(key);
    if (width === undefined) {
      context.font = font;
      width = context.measureText(text).width;
      if (this.widths.size > 20_000) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  }
}
