/** What a page knows of a physio session while it watches it live, and how that is made of the rows of its channel. */

import type { StateRow, StateTables } from "@arogya/client";

/** Times are in seconds since 1970 by the hub's clock, ascending; angles in degrees, 0 = anatomical position. */
export interface LiveTrace {
  readonly seconds: readonly number[];
  readonly angles: readonly number[];
}

/** One complete repetition; `valid`: its peak came within 5° of the target, or there is none. */
export interface LiveRepetition {
  readonly joint: string;
  /** From 1 in the session and joint. */
  readonly number: number;
  readonly startedAtMs: number;
  readonly peakAtMs: number;
  readonly endedAtMs: number;
  readonly peakAngle: number;
  readonly rangeDeg: number;
  /** How long it was held at the target or beyond. */
  readonly holdS: number;
  /** Tempo: from the start to the peak, and back. */
  readonly outS: number;
  readonly backS: number;
  /** Mean over peak speed, 0 to 1. */
  readonly smoothness: number | null;
  readonly valid: boolean;
  /** How far the peak stayed below the target; 0 at the target and beyond, null without one. */
  readonly shortDeg: number | null;
}

/** One joint as it is now. */
export interface LiveJoint {
  /** A name of the closed list, e.g. `right_knee_flexion`. */
  readonly joint: string;
  readonly restAngle: number | null;
  readonly targetAngle: number | null;
  readonly targetReps: number | null;
  /** Complete repetitions so far, and how many of them are valid. */
  readonly count: number;
  readonly valid: number;
  /** `out`: a repetition is going on. Null while no sensor has said anything. */
  readonly phase: "rest" | "out" | null;
  /** The newest angle, and when it was taken (ms since 1970, the hub's clock); null before the first. */
  readonly angle: number | null;
  readonly angleAtMs: number | null;
  /** Of the repetition that is going on; null at rest. */
  readonly peakAngle: number | null;
  /** How far its peak is below the target; null at rest and without a target. */
  readonly shortDeg: number | null;
  /** How long it has been held at the target or beyond, seconds. */
  readonly holdS: number;
  /** The last 30 s in at most 30 points a second, with every extreme, and the newest angle at its end. */
  readonly trace: LiveTrace;
  /** In their order; the newest 500. */
  readonly repetitions: readonly LiveRepetition[];
}

export interface LiveSession {
  readonly id: string;
  readonly status: "scheduled" | "in_progress" | "completed" | "cancelled" | "missed";
  /** The joint that the session is about; null where it is about several. */
  readonly joint: string | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** When its repetitions were counted from all that is stored: from then on they are final. */
  readonly countedAtMs: number | null;
  /** Those with a target, a sensor or repetitions; the session's own joint first, then by name. */
  readonly joints: readonly LiveJoint[];
}

/** The rows of `physio:{session}`, as docs/protocol says. Times are µs since 1970. */
type SessionRow = readonly [0, LiveSession["status"], string | null, number | null, number | null, number | null];
type JointRow = readonly [
  key: number,
  joint: string,
  restAngle: number | null,
  targetAngle: number | null,
  targetReps: number | null,
  count: number,
  valid: number,
  phase: "rest" | "out" | null,
  at: number | null,
  angle: number | null,
  peakAngle: number | null,
  shortDeg: number | null,
  holdS: number,
];
export type RepetitionRow = readonly [
  key: number,
  joint: number,
  number: number,
  startedAt: number,
  peakAt: number,
  endedAt: number,
  peakAngle: number,
  rangeDeg: number,
  holdS: number,
  outS: number,
  backS: number,
  smoothness: number | null,
  valid: boolean,
  shortDeg: number | null,
];
/** Of each joint: its key, milliseconds after `at`, and an angle for each of them. */
type TraceRow = readonly [
  key: number,
  at: number,
  joints: readonly (readonly [joint: number, ms: readonly number[], angles: readonly number[]])[],
];

/** Put the rows of a channel together; null for one that has no session yet. */
export function sessionOf(id: string, tables: StateTables): LiveSession | null {
  const [session] = rows<SessionRow>(tables, "session");
  if (session === undefined) return null;
  const [, status, joint, startedAt, endedAt, countedAt] = session;
  const traces = tracesOf(rows<TraceRow>(tables, "trace"));
  const repetitions = rows<RepetitionRow>(tables, "repetitions");
  const joints = rows<JointRow>(tables, "joints").map((row) => {
    const own = repetitions.filter(([, key]) => key === row[0]).map((one) => repetitionOf(one, row[1]));
    return jointOf(row, traces.get(row[0]), own);
  });
  joints.sort((one, other) => Number(other.joint === joint) - Number(one.joint === joint) || one.joint.localeCompare(other.joint));
  return { id, status, joint, startedAtMs: ms(startedAt), endedAtMs: ms(endedAt), countedAtMs: ms(countedAt), joints };
}

/** One row of `repetitions`; `joint` is the name of its joint. */
export function repetitionOf(row: RepetitionRow, joint: string): LiveRepetition {
  const [, , number, startedAt, peakAt, endedAt, peakAngle, rangeDeg, holdS, outS, backS, smoothness, valid, shortDeg] = row;
  return {
    ...{ joint, number, startedAtMs: startedAt / 1e3, peakAtMs: peakAt / 1e3, endedAtMs: endedAt / 1e3 },
    ...{ peakAngle, rangeDeg, holdS, outS, backS, smoothness, valid, shortDeg },
  };
}

function jointOf(row: JointRow, trace: Trace | undefined, repetitions: readonly LiveRepetition[]): LiveJoint {
  const [, joint, restAngle, targetAngle, targetReps, count, valid, phase, at, angle, peakAngle, shortDeg, holdS] = row;
  const drawn = trace ?? { seconds: [], angles: [] };
  if (at !== null && angle !== null && at / 1e6 > (drawn.seconds.at(-1) ?? 0)) {
    drawn.seconds.push(at / 1e6);
    drawn.angles.push(angle);
  }
  return {
    ...{ joint, restAngle, targetAngle, targetReps, count, valid, phase, angle, angleAtMs: ms(at) },
    ...{ peakAngle, shortDeg, holdS, trace: drawn },
    repetitions: [...repetitions].sort((one, other) => one.number - other.number),
  };
}

interface Trace {
  readonly seconds: number[];
  readonly angles: number[];
}

function tracesOf(found: readonly TraceRow[]): Map<number, Trace> {
  const traces = new Map<number, Trace>();
  for (const [, at, joints] of [...found].sort((one, other) => one[1] - other[1])) {
    for (const [joint, after, angles] of joints) {
      const trace = traces.get(joint) ?? { seconds: [], angles: [] };
      after.forEach((each, place) => {
        const second = (at + each * 1e3) / 1e6;
        const angle = angles[place];
        if (angle === undefined || second <= (trace.seconds.at(-1) ?? 0)) return;
        trace.seconds.push(second);
        trace.angles.push(angle);
      });
      traces.set(joint, trace);
    }
  }
  return traces;
}

function rows<Row>(tables: StateTables, name: string): Row[] {
  return [...(tables.get(name)?.values() ?? [])].map((row: StateRow) => row as unknown as Row);
}

function ms(us: number | null): number | null {
  return us === null ? null : us / 1e3;
}
