/** Joints in words, and the ranges that healthy adults reach: for colour behind a curve, never a limit. */

import { humanise } from "../shared/words.ts";

/** Degrees from the anatomical position, as the hub counts them: flexion, abduction and dorsiflexion are positive. */
export type Span = readonly [from: number, to: number];

/**
 * Averages of healthy adults: American Academy of Orthopaedic Surgeons (1965), for neck and trunk American Medical
 * Association (Guides to the Evaluation of Permanent Impairment). Deep squats go beyond: 157° on average in India
 * (Hemmerich 2006). Of motions without an entry neither gives a range.
 */
const NORMS: Readonly<Record<string, Span>> = {
  hip_flexion: [-30, 120],
  hip_abduction: [-30, 45],
  hip_rotation: [-45, 45],
  knee_flexion: [0, 135],
  ankle_dorsiflexion: [-50, 20],
  ankle_inversion: [-15, 35],
  shoulder_flexion: [-60, 180],
  shoulder_abduction: [0, 180],
  shoulder_rotation: [-90, 70],
  elbow_flexion: [0, 150],
  forearm_supination: [-80, 80],
  wrist_flexion: [-70, 80],
  wrist_deviation: [-30, 20],
  neck_flexion: [-60, 50],
  neck_bending: [-45, 45],
  neck_rotation: [-80, 80],
  trunk_flexion: [-25, 80],
  trunk_bending: [-35, 35],
  trunk_rotation: [-45, 45],
};

const SIDE = /^(left|right)_/;

/** `right_knee_flexion` → "Right knee flexion". */
export function nameOfJoint(joint: string): string {
  return humanise(joint);
}

/** What the way back from a motion is called; of those without an entry both ways have one name. */
const OPPOSITES: Readonly<Record<string, string>> = {
  flexion: "extension",
  dorsiflexion: "plantarflexion",
  abduction: "adduction",
  supination: "pronation",
  inversion: "eversion",
};

/** What is exercised: stretching a bent knee is its extension, although its angle is measured as flexion. */
export function nameOfMotion(joint: string, target: Target): string {
  if (directionOf(target) === 1) return nameOfJoint(joint);
  return nameOfJoint(joint.replace(/[a-z]+$/, (motion) => OPPOSITES[motion] ?? motion));
}

/** `right_knee_flexion` → "Right knee": for those to whom the exercise's name says what to do with it. */
export function nameOfPart(joint: string): string {
  return humanise(joint.replace(/_[a-z]+$/, ""));
}

/** Where healthy adults can move it; null where no standard says. */
export function normOf(joint: string): Span | null {
  return NORMS[joint.replace(SIDE, "")] ?? null;
}

/** How near to its target a repetition has to come, degrees: as the hub counts. */
export const TOLERANCE_DEG = 5;

/** What one joint is to reach. */
export interface Target {
  readonly rest_angle: number | null;
  readonly target_angle: number | null;
  readonly target_reps: number | null;
}

export const NO_TARGET: Target = { rest_angle: null, target_angle: null, target_reps: null };

/** Which way a repetition goes: 1 upwards, -1 downwards, as sitting to standing. */
export function directionOf({ rest_angle, target_angle }: Target): 1 | -1 {
  return target_angle !== null && target_angle < (rest_angle ?? 0) ? -1 : 1;
}

/** Degrees that a peak lacks of the target; 0 where it is reached, null without a target. */
export function shortOf(target: Target, peak: number): number | null {
  if (target.target_angle === null) return null;
  const lacking = directionOf(target) * (target.target_angle - peak);
  return lacking <= TOLERANCE_DEG ? 0 : lacking;
}
