/** What the hub remembers of where ambulances were: every one of these reads is audited, so ask for nothing twice. */

import { call } from "./api.ts";
import type { PlaybackAnswer } from "./playback-window.ts";
import type { Track } from "./track.ts";
import type { Trip } from "./trips.ts";

/** A report on a month takes the hub seconds. */
const REPORT_TIMEOUT_MS = 60_000;

interface Moments {
  readonly from: string;
  readonly to: string;
}

interface TrackAnswer {
  readonly points: readonly (readonly [tMs: number, latitude: number, longitude: number, speed: number | null])[];
  readonly stops: readonly (Moments & { readonly latitude: number; readonly longitude: number })[];
  readonly gaps: readonly Moments[];
}

interface TripAnswer extends Moments {
  readonly kind: "trip" | "stop";
  readonly duration_s: number;
  readonly distance_m: number;
  readonly speed_max: number | null;
  readonly speed_mean: number | null;
  readonly start: readonly [latitude: number, longitude: number];
  readonly end: readonly [latitude: number, longitude: number];
}

export const DOWNLOADS = ["gpx", "geojson", "csv"] as const;
export type Download = (typeof DOWNLOADS)[number];

function between(fromMs: number, toMs: number): string {
  return new URLSearchParams({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }).toString();
}

function spanOf({ from, to }: Moments): { fromMs: number; toMs: number } {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}

/** The fixes of [from, to) thinned to at most `points`, with stops and gaps. */
export async function readTrack(
  id: number,
  fromMs: number,
  toMs: number,
  points: number,
  signal: AbortSignal,
): Promise<Track> {
  const path = `/ambulances/${id}/track?${between(fromMs, toMs)}&points=${points}`;
  const answer = await call<TrackAnswer>("GET", path, undefined, { signal });
  return {
    points: answer.points.map(([tMs, latitude, longitude, speed]) => ({ tMs, latitude, longitude, speed })),
    stops: answer.stops.map((stop) => ({ ...spanOf(stop), latitude: stop.latitude, longitude: stop.longitude })),
    gaps: answer.gaps.map(spanOf),
  };
}

export async function readTrips(id: number, fromMs: number, toMs: number, signal: AbortSignal): Promise<Trip[]> {
  const path = `/ambulances/${id}/trips?${between(fromMs, toMs)}`;
  const patience = { signal, timeoutMs: REPORT_TIMEOUT_MS };
  const answer = await call<{ items: TripAnswer[] }>("GET", path, undefined, patience);
  return answer.items.map((item) => ({
    ...spanOf(item),
    kind: item.kind,
    durationS: item.duration_s,
    distanceM: item.distance_m,
    speedMax: item.speed_max,
    speedMean: item.speed_mean,
    start: item.start,
    end: item.end,
  }));
}

/** The whole fleet in [from, to), at most one point for each ambulance and step. */
export function readPlayback(fromMs: number, toMs: number, stepS: number, signal: AbortSignal): Promise<PlaybackAnswer> {
  const path = `/fleet/playback?${between(fromMs, toMs)}&step_s=${stepS}`;
  return call<PlaybackAnswer>("GET", path, undefined, { signal });
}

/** Every stored fix of [from, to) as a file. */
export function downloadUrl(id: number, format: Download, fromMs: number, toMs: number): string {
  return `/api/v1/ambulances/${id}/positions.${format}?${between(fromMs, toMs)}`;
}
