/** A counted repetition, told live or read afterwards, and its numbers in words. */

import { shortOf } from "./joints.ts";
import type { Target } from "./joints.ts";
import type { LiveRepetition } from "./live.ts";

export type Repetition = LiveRepetition;

/** As it is read over HTTP; of one that was stated by hand some is not known. */
export interface RepetitionRecord {
  readonly joint: string;
  readonly number: number;
  /** ISO 8601. */
  readonly started_at: string | null;
  readonly peak_at: string | null;
  readonly ended_at: string | null;
  readonly peak_angle: number | null;
  readonly range_deg: number | null;
  readonly hold_s: number | null;
  readonly out_s: number | null;
  readonly back_s: number | null;
  readonly smoothness: number | null;
  readonly valid: boolean | null;
}

/** Null where it is not known when it was or how far it went. */
export function repetitionFrom(row: RepetitionRecord, target: Target): Repetition | null {
  const { joint, number, started_at, peak_at, ended_at, peak_angle } = row;
  if (started_at === null || peak_at === null || ended_at === null || peak_angle === null) return null;
  return {
    ...{ joint, number, peakAngle: peak_angle, rangeDeg: row.range_deg ?? 0, holdS: row.hold_s ?? 0 },
    ...{ startedAtMs: Date.parse(started_at), peakAtMs: Date.parse(peak_at), endedAtMs: Date.parse(ended_at) },
    ...{ outS: row.out_s ?? 0, backS: row.back_s ?? 0, smoothness: row.smoothness },
    valid: row.valid === true,
    shortDeg: shortOf(target, peak_angle),
  };
}

/** In a chart: seconds on its axis. */
export interface Mark {
  readonly number: number;
  readonly startS: number;
  readonly peakS: number;
  readonly endS: number;
  readonly peak: number;
  readonly valid: boolean;
}

/** `zeroMs`: the moment that is 0 on the axis. */
export function marksOf(repetitions: readonly Repetition[], zeroMs = 0): readonly Mark[] {
  const at = (ms: number): number => (ms - zeroMs) / 1000;
  return repetitions.map((one) => ({
    number: one.number,
    startS: at(one.startedAtMs),
    peakS: at(one.peakAtMs),
    endS: at(one.endedAtMs),
    peak: one.peakAngle,
    valid: one.valid,
  }));
}

/** What a session has come to, over the repetitions of a joint. */
export interface Tally {
  readonly count: number;
  readonly valid: number;
  readonly best: Repetition;
  readonly meanPeak: number;
  readonly meanHoldS: number;
  /** From the start of a repetition to its end. */
  readonly meanLengthS: number;
}

/** Null without a repetition; the best reaches farthest from the rest. */
export function tallyOf(repetitions: readonly Repetition[], direction: 1 | -1): Tally | null {
  const [first, ...others] = repetitions;
  if (first === undefined) return null;
  const mean = (of: (one: Repetition) => number): number =>
    repetitions.reduce((sum, one) => sum + of(one), 0) / repetitions.length;
  return {
    count: repetitions.length,
    valid: repetitions.filter(({ valid }) => valid).length,
    best: others.reduce((best, one) => (direction * (one.peakAngle - best.peakAngle) > 0 ? one : best), first),
    meanPeak: mean(({ peakAngle }) => peakAngle),
    meanHoldS: mean(({ holdS }) => holdS),
    meanLengthS: mean(({ outS, backS }) => outS + backS),
  };
}

/** 94.6 → "95°", and below zero with the sign of minus, which is as wide as a digit and read out. */
export function sayDegrees(degrees: number | null): string {
  return degrees === null ? "–" : `${String(Math.round(degrees)).replace("-", "−")}°`;
}

/** 2.04 → "2.0 s". */
export function saySeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

/** The way out and the way back. */
export function sayTempo({ outS, backS }: Pick<Repetition, "outS" | "backS">): string {
  return `${outS.toFixed(1)} / ${backS.toFixed(1)} s`;
}

/** Rohrer's speed metric, 0 to 1. */
export function saySmoothness(smoothness: number | null): string {
  return smoothness === null ? "–" : smoothness.toFixed(2);
}

/** "7 of 10", or "7" where no number is asked for. */
export function sayCount(count: number, wanted: number | null): string {
  return wanted === null ? String(count) : `${count} of ${wanted}`;
}

/** Seconds since the start as "3:07" or "1:02:07"; with tenths where these tell two apart. */
export function sayOffset(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const whole = Math.floor(tenths / 10);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const words = hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  return tenths % 10 === 0 ? words : `${words}.${tenths % 10}`;
}
