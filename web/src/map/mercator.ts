/** Web Mercator on the unit square: (0, 0) is the north-west corner of the world, (1, 1) the south-east. */

/** Leaflet's world is 256 pixels wide at zoom 0. */
const WORLD_PX = 256;
const MAX_LATITUDE = 85.0511287798;

export function unitX(longitude: number): number {
  return longitude / 360 + 0.5;
}

/** Latitude in degrees to the unit square (EPSG:3857), clamped to the square. */
export function unitY(latitude: number): number {
  const clamped = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude));
  const sine = Math.sin((clamped * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** Pixels per unit square at a zoom level. */
export function worldPx(zoom: number): number {
  return WORLD_PX * 2 ** zoom;
}

export function longitudeOf(x: number): number {
  return (x - 0.5) * 360;
}

export function latitudeOf(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** Metres on the ground per unit at height `y` of the square: the equator's 40,075 km, and less towards the poles. */
export function metresPerUnit(y: number): number {
  return 40_075_016.7 / Math.cosh(Math.PI * (1 - 2 * y));
}
