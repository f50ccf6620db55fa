/** Which stretch of a recording is shown: closer, farther, along. */

/** Seconds. */
export type Stretch = readonly [from: number, to: number];

/** The closest look: a repetition takes about as long. */
const CLOSEST_S = 1;

/** `stretch` with its length kept where it can be, inside of `whole`. */
export function within([from, to]: Stretch, whole: Stretch): Stretch {
  const room = whole[1] - whole[0];
  const length = Math.min(Math.max(to - from, Math.min(CLOSEST_S, room)), room);
  const start = Math.min(Math.max((from + to - length) / 2, whole[0]), whole[1] - length);
  return [start, start + length];
}

/** Closer with a factor below 1; `middle` stays where it is on the screen. */
export function zoomed([from, to]: Stretch, factor: number, whole: Stretch, middle: number = (from + to) / 2): Stretch {
  return within([middle - (middle - from) * factor, middle + (to - middle) * factor], whole);
}

/** Along by a part of what is shown. */
export function panned([from, to]: Stretch, part: number, whole: Stretch): Stretch {
  const by = (to - from) * part;
  return within([from + by, to + by], whole);
}

export function isWhole(stretch: Stretch, whole: Stretch): boolean {
  return stretch[1] - stretch[0] >= (whole[1] - whole[0]) * 0.999;
}

/** A repetition with something before and after it. */
export function around(startS: number, endS: number, whole: Stretch): Stretch {
  const room = Math.max(1.5, (endS - startS) * 0.75);
  return within([startS - room, endS + room], whole);
}
