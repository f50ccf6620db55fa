/** What lies under the ambulances: land and borders from Natural Earth, a quiet grid, and the streets if the hub has some. */

import type { Feature, FeatureCollection } from "geojson";
import type { GeometryCollection, Topology } from "topojson-specification";
import { feature, mesh } from "topojson-client";
import { CanvasLayer } from "./canvas-layer.ts";
import type { View } from "./canvas-layer.ts";
import { outlineOf, trace } from "./outlines.ts";
import type { Outline } from "./outlines.ts";

export interface GroundColours {
  readonly water: string;
  readonly land: string;
  readonly border: string;
  readonly grid: string;
  readonly street: string;
  readonly streetEdge: string;
}

/** Between these zooms the coast fades out: it is drawn for 1:50 million and would lie in a city. */
const FADE_FROM = 9.5;
const FADE_TO = 11.5;
/** Grid steps in degrees, coarse to fine; the first that is wide enough on the screen is not overtaken. */
const GRID_STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
const GRID_PX = 110;

function linesOf({ geometry }: Feature): Outline[] {
  if (geometry.type === "MultiLineString") return geometry.coordinates.map(outlineOf);
  return geometry.type === "LineString" ? [outlineOf(geometry.coordinates)] : [];
}

function strokeAll(
  context: CanvasRenderingContext2D,
  view: View,
  lines: readonly Outline[],
  width: number,
  colour: string,
): void {
  context.beginPath();
  trace(context, lines, view);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

export class GroundLayer extends CanvasLayer {
  private land: Outline[] = [];
  private borders: Outline[] = [];
  private streets: Outline[] = [];
  /** The streets that are drawn wider, on top of the others. */
  private arterials: Outline[] = [];
  /** Tiles cover the ground: only the streets are left out then, and the backdrop shows through. */
  tiled = false;

  constructor(private colours: GroundColours) {
    super("ground");
  }

  recolour(colours: GroundColours): void {
    this.colours = colours;
    this.request();
  }

  setWorld(world: Topology): void {
    const { land, countries } = world.objects as Record<string, GeometryCollection>;
    if (land === undefined || countries === undefined) return;
    this.land = feature(world, land).features.flatMap(({ geometry }) => {
      if (geometry.type === "MultiPolygon") return geometry.coordinates.flat().map(outlineOf);
      return geometry.type === "Polygon" ? geometry.coordinates.map(outlineOf) : [];
    });
    this.borders = mesh(world, countries, (one, other) => one !== other).coordinates.map(outlineOf);
    this.request();
  }

  setStreets(streets: FeatureCollection): void {
    const isArterial = (street: Feature): boolean => street.properties?.["kind"] === "arterial";
    this.arterials = streets.features.filter(isArterial).flatMap(linesOf);
    this.streets = streets.features.filter((street) => !isArterial(street)).flatMap(linesOf);
    this.request();
  }

  protected override paint(context: CanvasRenderingContext2D, view: View): void {
    this.paintWorld(context, view);
    if (this.tiled) return;
    this.paintGrid(context, view);
    if (view.zoom >= 8) this.paintStreets(context, view);
  }

  private paintWorld(context: CanvasRenderingContext2D, view: View): void {
    context.fillStyle = this.land.length === 0 ? this.colours.land : this.colours.water;
    context.fillRect(0, 0, view.width, view.height);
    const fade = Math.min(1, Math.max(0, (view.zoom - FADE_FROM) / (FADE_TO - FADE_FROM)));
    if (fade < 1) {
      context.beginPath();
      trace(context, this.land, view);
      context.fillStyle = this.colours.land;
      context.fill("evenodd");
      context.beginPath();
      trace(context, this.borders, view);
      context.strokeStyle = this.colours.border;
      context.lineWidth = 1;
      context.stroke();
    }
    context.globalAlpha = fade;
    context.fillStyle = this.colours.land;
    context.fillRect(0, 0, view.width, view.height);
    context.globalAlpha = 1;
  }

  /** Meridians and evenly spaced parallels (in the projection), so that movement shows where nothing else is. */
  private paintGrid(context: CanvasRenderingContext2D, view: View): void {
    const step = [...GRID_STEPS].reverse().find((degrees) => (degrees / 360) * view.scale >= GRID_PX) ?? 30;
    const cell = (step / 360) * view.scale;
    context.beginPath();
    for (let x = cell - (view.originX % cell); x < view.width; x += cell) {
      context.moveTo(Math.round(x) + 0.5, 0);
      context.lineTo(Math.round(x) + 0.5, view.height);
    }
    for (let y = cell - (view.originY % cell); y < view.height; y += cell) {
      context.moveTo(0, Math.round(y) + 0.5);
      context.lineTo(view.width, Math.round(y) + 0.5);
    }
    context.strokeStyle = this.colours.grid;
    context.lineWidth = 1;
    context.stroke();
  }

  private paintStreets(context: CanvasRenderingContext2D, view: View): void {
    context.lineCap = "round";
    context.lineJoin = "round";
    const width = Math.max(1, Math.min(5, (view.zoom - 10) * 0.7));
    const layers = [
      { streets: this.streets, width },
      { streets: this.arterials, width: width * 1.9 },
    ];
    // all edges first, so that crossings are open
    if (view.zoom >= 12) {
      for (const layer of layers) strokeAll(context, view, layer.streets, layer.width + 1.5, this.colours.streetEdge);
    }
    for (const layer of layers) strokeAll(context, view, layer.streets, layer.width, this.colours.street);
  }
}
