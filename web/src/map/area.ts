/** The part of the world that a map shows, as the hub takes it. */

export type Area = readonly [south: number, west: number, north: number, east: number];

export interface Bounds {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Five decimals are a metre; finer ones would only make messages longer. */
function short(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5;
}

/** Longitude in [-180, 180): a map that is dragged around the world counts on. */
function wrap(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

/** Null when everything is in view. West is greater than east where the area crosses the antimeridian. */
export function areaOf({ south, west, north, east }: Bounds): Area | null {
  if (east - west >= 360 || !(north > south)) return null;
  return [short(Math.max(-90, south)), short(wrap(west)), short(Math.min(90, north)), short(wrap(east))];
}
