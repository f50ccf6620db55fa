/** What a track comes to: how far, how long driven, stood, and out of sight. */

import { isGap, metresBetween } from "./track.ts";
import type { Track } from "./track.ts";
import type { Span } from "./track-spans.ts";

export interface Summary {
  readonly distanceM: number;
  readonly drivingS: number;
  readonly standingS: number;
  readonly silentS: number;
  readonly stops: number;
  readonly gaps: number;
}

function seconds(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + (span.toMs - span.fromMs), 0) / 1000;
}

/** Gaps add no distance: nobody knows where it drove; nor does the trembling of a position that stands. */
export function summarise(track: Track): Summary {
  const { points, stops, gaps } = track;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) {
    return { distanceM: 0, drivingS: 0, standingS: 0, silentS: seconds(gaps), stops: 0, gaps: gaps.length };
  }
  let distanceM = 0;
  let stop = 0;
  for (let at = 1; at < points.length; at += 1) {
    const [one, other] = [points[at - 1] ?? first, points[at] ?? last];
    while ((stops[stop]?.toMs ?? Infinity) < other.tMs) stop += 1;
    const standing = (stops[stop]?.fromMs ?? Infinity) <= one.tMs;
    if (!standing && !isGap(track, one, other)) distanceM += metresBetween(one, other);
  }
  const [standingS, silentS] = [seconds(stops), seconds(gaps)];
  const inSight = gaps.reduce((sum, gap) => {
    const [fromMs, toMs] = [Math.max(gap.fromMs, first.tMs), Math.min(gap.toMs, last.tMs)];
    return sum - Math.max(0, toMs - fromMs) / 1000;
  }, (last.tMs - first.tMs) / 1000);
  const drivingS = Math.max(0, inSight - standingS);
  return { distanceM, drivingS, standingS, silentS, stops: stops.length, gaps: gaps.length };
}
