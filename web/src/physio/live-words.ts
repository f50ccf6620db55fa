/** What a moving joint is said to do. */

import type { Connection } from "@arogya/client";
import type { Target } from "./joints.ts";
import type { LiveJoint, LiveSession } from "./live.ts";
import { sayCount, sayDegrees } from "./repetition.ts";

export function targetOf({ restAngle, targetAngle, targetReps }: LiveJoint): Target {
  return { rest_angle: restAngle, target_angle: targetAngle, target_reps: targetReps };
}

/** The joint that a session is about: its own, else the one that moved most. */
export function mainJoint(session: LiveSession | null): LiveJoint | null {
  if (session === null) return null;
  const own = session.joints.find(({ joint }) => joint === session.joint);
  return own ?? [...session.joints].sort((one, other) => other.count - one.count)[0] ?? null;
}

/** Without news for so long a sensor is taken to be silent. */
const SILENT_MS = 3_000;

export function isSilent({ angleAtMs }: LiveJoint, nowMs: number): boolean {
  return angleAtMs === null || nowMs - angleAtMs > SILENT_MS;
}

/** Farther from the resting pose nobody rests: the joint is on its way back, or about to go out. */
const REST_DEG = 15;

/** What the repetition that goes on still lacks, or how long the target is held. */
export function sayNow({ phase, shortDeg, holdS, restAngle, targetAngle, angle }: LiveJoint): string {
  if (angle === null) return "The sensor has sent nothing yet";
  if (phase !== "out") return restAngle !== null && Math.abs(angle - restAngle) > REST_DEG ? "Between repetitions" : "At rest";
  if (targetAngle === null) return "Moving";
  if (shortDeg !== null && shortDeg >= 0.5) return `${Math.round(shortDeg)}° short`;
  return holdS >= 0.1 ? `Held ${holdS.toFixed(1)} s` : "Target reached";
}

/** For those who hear the page: said at each repetition, and not at each angle. */
export function sayRepetitions({ valid, count, targetReps, repetitions }: LiveJoint): string {
  const last = repetitions.at(-1);
  if (last === undefined) return "No repetition yet.";
  const short = last.shortDeg !== null && !last.valid ? `, ${Math.round(last.shortDeg)}° short` : "";
  const partial = count > valid ? `, ${count - valid} partial` : "";
  return `${sayCount(valid, targetReps)}${partial}. The last one: ${sayDegrees(last.peakAngle)}${short}.`;
}

/** Null while all is well. */
export function sayConnection({ phase, attempt }: Connection): string | null {
  if (phase === "live" || (phase !== "waiting" && phase !== "refused" && attempt === 0)) return null;
  if (phase === "refused") return "You may not watch this session live any more.";
  return "The hub is away: what you see is what was last. It goes on by itself.";
}
