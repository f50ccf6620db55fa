/** Where one ambulance went: points in time, the stops among them, and the gaps in which nothing is known. */

import { clip, join } from "./track-spans.ts";
import type { Span } from "./track-spans.ts";

/** Degrees, m/s, milliseconds since 1970 (hub's clock). */
export interface TrackPoint {
  readonly tMs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly speed: number | null;
}

export interface Stop extends Span {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Track {
  /** In order of time, no two at once. */
  readonly points: readonly TrackPoint[];
  readonly stops: readonly Stop[];
  readonly gaps: readonly Span[];
}

export const NO_TRACK: Track = { points: [], stops: [], gaps: [] };

/** Silence from which on nobody can say where it drove. */
export const GAP_MS = 60_000;
/** Two stops this near in place and time are one that was cut in two. */
const SAME_STOP_M = 60;
const SAME_STOP_MS = 30_000;
/** What is left of a gap at the edges of what has been read instead. */
const SLIVER_MS = 5_000;
/** Points of a live tail that lie this near to a straight drive tell nothing new. */
const STRAIGHT_M = 4;
const EARTH_M = 6_371_008.8;

type Place = Pick<TrackPoint, "latitude" | "longitude">;

/** Metres along the great circle (haversine). */
export function metresBetween(one: Place, other: Place): number {
  const radians = Math.PI / 180;
  const half = (degrees: number): number => Math.sin((degrees * radians) / 2) ** 2;
  const across = Math.cos(one.latitude * radians) * Math.cos(other.latitude * radians);
  const square = half(other.latitude - one.latitude) + across * half(other.longitude - one.longitude);
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(square)));
}

/** Index of the first point at or after `tMs`. */
export function indexAt(points: readonly TrackPoint[], tMs: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.tMs ?? Infinity) < tMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `track` with what was read of `span` put in its place. */
export function replace(track: Track, span: Span, read: Track): Track {
  const [before, after] = [indexAt(track.points, span.fromMs), indexAt(track.points, span.toMs)];
  const outside: Span[] = [
    { fromMs: -Infinity, toMs: span.fromMs },
    { fromMs: span.toMs, toMs: Infinity },
  ];
  const keep = <T extends Span>(spans: readonly T[]): T[] =>
    spans.flatMap((one) => outside.map((bounds) => clip(one, bounds)).filter((part) => part !== null));
  const middle = read.points.filter((point) => point.tMs >= span.fromMs && point.tMs < span.toMs);
  const points = [...track.points.slice(0, before), ...middle, ...track.points.slice(after)];
  const stops = [...keep(track.stops), ...read.stops].sort((one, other) => one.fromMs - other.fromMs);
  const gaps = [...keep(track.gaps), ...read.gaps].reduce<Span[]>(join, []);
  const whole = gaps.filter((gap) => gap.toMs - gap.fromMs > SLIVER_MS);
  return { points, stops: stops.reduce<Stop[]>(joinStop, []), gaps: whole };
}

function joinStop(stops: Stop[], stop: Stop): Stop[] {
  const last = stops.at(-1);
  const same =
    last !== undefined && stop.fromMs - last.toMs <= SAME_STOP_MS && metresBetween(last, stop) <= SAME_STOP_M;
  if (!same) return [...stops, stop];
  return [...stops.slice(0, -1), { ...last, toMs: Math.max(last.toMs, stop.toMs) }];
}

/** The track with a newer point at its end: it grows a stop that goes on, and silence before it becomes a gap. */
export function append(track: Track, point: TrackPoint): Track {
  const last = track.points.at(-1);
  if (last !== undefined && point.tMs <= last.tMs) return track;
  const silent = last !== undefined && point.tMs - last.tMs > GAP_MS;
  const gaps = silent ? join(track.gaps, { fromMs: last.tMs, toMs: point.tMs }) : track.gaps;
  const stop = track.stops.at(-1);
  const stays =
    stop !== undefined && !silent && point.tMs - stop.toMs <= GAP_MS && metresBetween(stop, point) <= SAME_STOP_M;
  const stops = stays ? [...track.stops.slice(0, -1), { ...stop, toMs: point.tMs }] : track.stops;
  const points = straight(track.points, point) ? track.points.slice(0, -1) : track.points;
  return { points: [...points, point], stops, gaps };
}

/** Whether the last point can go, because the drive from the one before it to `next` passes it in place and pace. */
function straight(points: readonly TrackPoint[], next: TrackPoint): boolean {
  const [first, middle] = [points.at(-2), points.at(-1)];
  if (first === undefined || middle === undefined || next.tMs - first.tMs > GAP_MS / 2) return false;
  const part = (middle.tMs - first.tMs) / (next.tMs - first.tMs);
  const between = {
    latitude: first.latitude + (next.latitude - first.latitude) * part,
    longitude: first.longitude + (next.longitude - first.longitude) * part,
  };
  return metresBetween(between, middle) <= STRAIGHT_M;
}

/** What of the track lies within `bounds`. */
export function within(track: Track, bounds: Span): Track {
  const inside = <T extends Span>(spans: readonly T[]): T[] =>
    spans.map((span) => clip(span, bounds)).filter((span) => span !== null);
  return {
    points: track.points.slice(indexAt(track.points, bounds.fromMs), indexAt(track.points, bounds.toMs + 1)),
    stops: inside(track.stops),
    gaps: inside(track.gaps),
  };
}

/** Whether nothing is known of the time between two neighbouring points. */
export function isGap(track: Track, one: TrackPoint, other: TrackPoint): boolean {
  if (other.tMs - one.tMs <= GAP_MS) return false;
  const middle = (one.tMs + other.tMs) / 2;
  return track.gaps.some((gap) => gap.fromMs <= middle && middle <= gap.toMs);
}

/** The smallest box of degrees around points; null without any. */
export function boxOf(places: readonly Place[]): [south: number, west: number, north: number, east: number] | null {
  if (places.length === 0) return null;
  const box: [number, number, number, number] = [90, 180, -90, -180];
  for (const { latitude, longitude } of places) {
    box[0] = Math.min(box[0], latitude);
    box[1] = Math.min(box[1], longitude);
    box[2] = Math.max(box[2], latitude);
    box[3] = Math.max(box[3], longitude);
  }
  return box;
}
