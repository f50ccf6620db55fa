/** A track's colours, read from the style sheet. */

import { CLASSES } from "../track-colour.ts";

export interface TrackColours {
  readonly classes: readonly string[];
  readonly casing: string;
  readonly gap: string;
  readonly label: string;
  readonly labelInk: string;
}

export function readTrackColours(): TrackColours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    classes: Array.from({ length: CLASSES }, (_, at) => colour(`track-${at + 1}`)),
    casing: colour("marker-edge"),
    gap: colour("text-muted"),
    label: colour("surface"),
    labelInk: colour("text"),
  };
}
