/** The map's colours, read from the style sheet so that each theme is written down once. */

import type { GroundColours } from "./ground.ts";

export interface MarkerColours {
  readonly edge: string;
  readonly ink: string;
  readonly label: string;
  readonly labelInk: string;
  readonly labelMuted: string;
  readonly stale: string;
  readonly staleInk: string;
  readonly lost: string;
  readonly lostInk: string;
  readonly alarm: string;
  readonly accent: string;
}

export interface Palette {
  readonly ground: GroundColours;
  readonly marker: MarkerColours;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: {
      water: colour("map-water"),
      land: colour("map-land"),
      border: colour("map-border"),
      grid: colour("map-grid"),
      street: colour("map-street"),
      streetEdge: colour("map-street-edge"),
    },
    marker: {
      edge: colour("marker-edge"),
      ink: colour("marker-ink"),
      label: colour("surface"),
      labelInk: colour("text"),
      labelMuted: colour("text-muted"),
      stale: colour("stale"),
      staleInk: colour("stale-ink"),
      lost: colour("lost"),
      lostInk: colour("lost-ink"),
      alarm: colour("alarm"),
      accent: colour("accent"),
    },
  };
}
