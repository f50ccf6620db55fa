/** Plate and age beside a marker, left out where they would cover one another. */

import type { Freshness } from "../freshness.ts";
import type { MarkerColours } from "./palette.ts";

export interface Label {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly age: string;
  readonly freshness: Freshness;
  readonly alarm: boolean;
  /** Drawn even over others: the selected one, and what must not be overlooked. */
  readonly insists: boolean;
}

const HEIGHT = 17;
const PAD = 6;
const GAP = 5;
/** Below the middle of the marker. */
const DROP = 17;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Where the marker itself is drawn. */
function bodyOf({ x, y }: Label): Box {
  return { left: x - DROP, top: y - DROP, right: x + DROP, bottom: y + DROP };
}

export class LabelPainter {
  private readonly widths = new Map<string, number>();

  constructor(private readonly colours: MarkerColours) {}

  paint(context: CanvasRenderingContext2D, labels: readonly Label[]): void {
    const taken: Box[] = [];
    context.textBaseline = "middle";
    context.textAlign = "left";
    const urgent = labels.filter((label) => label.insists);
    const plain = labels.filter((label) => !label.insists);
    for (const label of [...urgent, ...plain]) {
      const nameWidth = label.name === "" ? 0 : this.width(context, label.name, `600 11px ${FONT}`);
      const ageWidth = this.width(context, label.age, `500 11px ${FONT}`);
      const width = nameWidth + (nameWidth > 0 ? GAP : 0) + ageWidth + PAD * 2;
      const left = Math.round(label.x - width / 2);
      const top = Math.round(label.y + DROP);
      const box = { left, top, right: left + width, bottom: top + HEIGHT };
      if (!label.insists && taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      if (label.insists) taken.push(bodyOf(label));
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
      context.font = `600 11px ${FONT}`;
      context.fillStyle = name;
      context.fillText(label.name, x, middle);
      x += nameWidth + GAP;
    }
    context.font = `500 11px ${FONT}`;
    context.fillStyle = age;
    context.fillText(label.age, x, middle);
  }

  private inks(label: Label): [back: string, name: string, age: string] {
    const colours = this.colours;
    if (label.alarm) return [colours.alarm, "#ffffff", "#ffffff"];
    if (label.freshness === "stale") return [colours.stale, colours.staleInk, colours.staleInk];
    if (label.freshness === "offline") return [colours.offline, colours.offlineInk, colours.offlineInk];
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
