/** The rings that stand for many: their number, and around it how they stand. */

import { STATUSES } from "../status.ts";
import type { Cluster } from "./clusters.ts";
import type { MarkerColours } from "./palette.ts";

/** A picture's side in CSS px, with room for the largest ring and its note. */
const SIDE_PX = 84;
const RING_PX = 6;
const GAP = 0.05;
const PICTURES_MAX = 600;
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** The outer radius: larger with more members, but never so large that rings cover one another. */
export function radiusOf(members: number): number {
  return Math.min(33, 15 + 5 * Math.log10(members));
}

export class ClusterPainter {
  private readonly pictures = new Map<string, HTMLCanvasElement>();

  constructor(
    private readonly colours: MarkerColours,
    private readonly pixelRatio: number,
  ) {}

  paint(context: CanvasRenderingContext2D, cluster: Cluster): void {
    const left = Math.round(cluster.x - SIDE_PX / 2);
    context.drawImage(this.picture(cluster), left, Math.round(cluster.y - SIDE_PX / 2), SIDE_PX, SIDE_PX);
  }

  private picture(cluster: Cluster): HTMLCanvasElement {
    const key = `${cluster.statuses.join(",")} ${cluster.lost} ${cluster.overdue}`;
    const known = this.pictures.get(key);
    if (known !== undefined) return known;
    if (this.pictures.size >= PICTURES_MAX) this.pictures.clear();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.ceil(SIDE_PX * this.pixelRatio);
    const context = canvas.getContext("2d");
    if (context !== null) {
      context.scale(this.pixelRatio, this.pixelRatio);
      context.translate(SIDE_PX / 2, SIDE_PX / 2);
      this.draw(context, cluster);
    }
    this.pictures.set(key, canvas);
    return canvas;
  }

  private draw(context: CanvasRenderingContext2D, cluster: Cluster): void {
    const radius = radiusOf(cluster.members.length);
    context.beginPath();
    context.arc(0, 0, radius + 1.5, 0, Math.PI * 2);
    context.fillStyle = this.colours.label;
    context.fill();
    this.drawRing(context, cluster, radius - RING_PX / 2);
    context.fillStyle = this.colours.labelInk;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `650 ${cluster.members.length < 1000 ? 13 : 12}px ${FAMILY}`;
    context.fillText(String(cluster.members.length), 0, 1);
    if (cluster.overdue > 0) this.drawNote(context, String(cluster.overdue), radius);
  }

  /** Parts as large as each status has members; those without a signal as a broken line. */
  private drawRing(context: CanvasRenderingContext2D, cluster: Cluster, radius: number): void {
    const turn = (Math.PI * 2) / cluster.members.length;
    let from = -Math.PI / 2;
    const part = (count: number, colour: string, dash: number[]): void => {
      if (count === 0) return;
      const to = from + count * turn;
      const gap = count === cluster.members.length ? 0 : GAP;
      context.beginPath();
      context.arc(0, 0, radius, from + gap, Math.max(from + gap, to - gap));
      context.setLineDash(dash);
      context.strokeStyle = colour;
      context.lineWidth = RING_PX;
      context.stroke();
      from = to;
    };
    cluster.statuses.forEach((count, rank) => part(count, STATUSES[rank]?.colour ?? this.colours.lost, []));
    part(cluster.lost, this.colours.lost, [2, 3]);
    context.setLineDash([]);
    context.beginPath();
    context.arc(0, 0, radius + RING_PX / 2, 0, Math.PI * 2);
    context.lineWidth = 1;
    context.strokeStyle = this.colours.ink;
    context.stroke();
  }

  /** How many of them are overdue, on the rim. */
  private drawNote(context: CanvasRenderingContext2D, text: string, radius: number): void {
    context.font = `700 10.5px ${FAMILY}`;
    const width = Math.max(16, context.measureText(text).width + 8);
    const [x, y] = [radius * 0.72, -radius * 0.72];
    context.beginPath();
    context.roundRect(x - width / 2, y - 8, width, 16, 8);
    context.fillStyle = this.colours.stale;
    context.fill();
    context.strokeStyle = this.colours.label;
    context.lineWidth = 1.5;
    context.stroke();
    context.fillStyle = this.colours.staleInk;
    context.fillText(text, x, y + 0.5);
  }
}
