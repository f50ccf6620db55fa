/** One joint's course in time, as charts take it. */

/** Ascending seconds, and the degrees at each; null where the line is broken. */
export interface Curve {
  readonly seconds: readonly number[];
  readonly angles: readonly (number | null)[];
}

export const NO_CURVE: Curve = { seconds: [], angles: [] };

/** The shortest silence that shows, seconds: below it samples were lost one by one. */
const SILENCE_S = 1;
/** And in how many of the usual steps between points. */
const STEPS = 6;

function medianStep(seconds: readonly number[]): number {
  const steps = seconds.slice(1).map((at, index) => at - (seconds[index] ?? at));
  return steps.sort((one, two) => one - two)[Math.floor(steps.length / 2)] ?? 0;
}

/** The line is broken where nothing was measured, so that it claims nothing. */
export function broken(seconds: readonly number[], angles: readonly number[]): Curve {
  const silence = Math.max(SILENCE_S, STEPS * medianStep(seconds));
  const whole: { seconds: number[]; angles: (number | null)[] } = { seconds: [], angles: [] };
  seconds.forEach((at, index) => {
    const before = seconds[index - 1];
    if (before !== undefined && at - before > silence) {
      whole.seconds.push((before + at) / 2);
      whole.angles.push(null);
    }
    whole.seconds.push(at);
    whole.angles.push(angles[index] ?? null);
  });
  return whole;
}

/** The lowest and highest of the curve; null without a point. */
export function extremesOf({ angles }: Curve): readonly [lowest: number, highest: number] | null {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const angle of angles) {
    if (angle === null) continue;
    lowest = Math.min(lowest, angle);
    highest = Math.max(highest, angle);
  }
  return lowest > highest ? null : [lowest, highest];
}

/** The degrees that a chart has from top to bottom: the curve, its target and rest, and room around them. */
export function heightOf(curve: Curve, landmarks: readonly (number | null)[]): [from: number, to: number] {
  const seen = [...(extremesOf(curve) ?? []), ...landmarks.filter((angle) => angle !== null)];
  const [lowest, highest] = seen.length === 0 ? [0, 90] : [Math.min(...seen), Math.max(...seen)];
  const room = Math.max(5, (highest - lowest) * 0.1);
  return [Math.floor((lowest - room) / 10) * 10, Math.ceil((highest + room) / 10) * 10];
}
