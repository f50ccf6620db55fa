/** A counted repetition, as the hub tells it live and afterwards alike, and its numbers in words. */

export interface Repetition {
  readonly joint: string;
  /** From 1 in the session and joint. */
  readonly number: number;
  /** ISO 8601. */
  readonly started_at: string;
  readonly peak_at: string;
  readonly ended_at: string;
  /** Degrees. */
  readonly peak_angle: number;
  readonly range_deg: number;
  /** Seconds at the target or beyond. */
  readonly hold_s: number;
  /** Tempo: seconds from the start to the peak, and back. */
  readonly out_s: number;
  readonly back_s: number;
  /** Mean speed over peak speed, 0 to 1; null where it was not worked out. */
  readonly smoothness: number | null;
  /** The peak reached the target; else it is partial. */
  readonly valid: boolean;
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
export function marksOf(repetitions: readonly Repetition[], zeroMs: number): readonly Mark[] {
  const at = (iso: string): number => (Date.parse(iso) - zeroMs) / 1000;
  return repetitions.map((one) => ({
    number: one.number,
    startS: at(one.started_at),
    peakS: at(one.peak_at),
    endS: at(one.ended_at),
    peak: one.peak_angle,
    valid: one.valid,
  }));
}

/** 94.6 → "95°". */
export function sayDegrees(degrees: number | null): string {
  return degrees === null ? "–" : `${Math.round(degrees)}°`;
}

/** 2.04 → "2.0 s". */
export function saySeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

/** "1.2 s out, 1.4 s back". */
export function sayTempo({ out_s, back_s }: Pick<Repetition, "out_s" | "back_s">): string {
  return `${out_s.toFixed(1)} / ${back_s.toFixed(1)} s`;
}

/** Rohrer's speed metric in a word: an unhesitating movement is near one half. */
export function saySmoothness(smoothness: number | null): string {
  if (smoothness === null) return "–";
  return smoothness >= 0.4 ? "Smooth" : smoothness >= 0.25 ? "Uneven" : "Halting";
}

/** "7 of 10", or "7" where no number is asked for. */
export function sayCount(count: number, wanted: number | null): string {
  return wanted === null ? String(count) : `${count} of ${wanted}`;
}

/** Seconds since the start as "3:07" or "1:02:07". */
export function sayOffset(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
