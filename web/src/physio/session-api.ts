/** The hub's HTTP interface of physiotherapy sessions. */

import { call } from "../api.ts";
import { change, create, withQuery } from "../shared/http.ts";
import type { Answer, Row } from "../shared/http.ts";
import type { Target } from "./joints.ts";
import type { RepetitionRecord } from "./repetition.ts";

export type SessionStatus = "scheduled" | "in_progress" | "completed" | "cancelled" | "missed";

export interface PhysioSession extends Row, Target {
  readonly id: string;
  readonly patient_id: string;
  readonly therapist_id: string;
  readonly patient?: { readonly name: string } | null;
  readonly therapist?: { readonly name: string } | null;
  readonly status: SessionStatus;
  readonly joint: string | null;
  readonly scheduled_at: string;
  readonly duration_min: number;
  readonly supervised: boolean;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly ended_by?: "person" | "device" | "idle" | null;
  readonly counted_at?: string | null;
  readonly plan_id: string | null;
  readonly exercise_id: string | null;
  readonly device_id: number | null;
  readonly notes?: string | null;
  readonly pain_before?: number | null;
  readonly pain_after?: number | null;
}

export interface JointMotion {
  readonly joint: string;
  /** How many there are before thinning. */
  readonly readings: number;
  /** After the session's first sample, ascending. */
  readonly seconds: readonly number[];
  readonly angles: readonly number[];
}

export interface Motion {
  /** When the first sample was taken; null without any. */
  readonly started_at: string | null;
  readonly joints: readonly JointMotion[];
}

/** What a joint was to reach since when. */
export interface TargetSince extends Target {
  readonly joint: string;
}

export const SESSIONS = "/physio_sessions";

export function sessionPath(id: string): string {
  return `${SESSIONS}/${id}?embed=patient,therapist`;
}

/** How many points a chart gets at most: twice what a wide screen has columns for. */
const POINTS = 2_000;

/** Of the whole session, or of a stretch of it, seconds after its first sample. */
export function readMotion(id: string, stretch: readonly [from: number, to: number] | null, signal: AbortSignal): Promise<Motion> {
  const [from, to] = stretch ?? [undefined, undefined];
  return call<Motion>("GET", withQuery(`${SESSIONS}/${id}/motion`, { points: POINTS, from, to }), undefined, {
    signal,
    timeoutMs: 60_000,
  });
}

export const readRepetitions = async (id: string, signal: AbortSignal): Promise<readonly RepetitionRecord[]> =>
  (await call<{ items: readonly RepetitionRecord[] }>("GET", `${SESSIONS}/${id}/repetitions`, undefined, { signal })).items;

export const readTargets = async (id: string, signal: AbortSignal): Promise<readonly TargetSince[]> =>
  (await call<{ items: readonly TargetSince[] }>("GET", `${SESSIONS}/${id}/targets`, undefined, { signal })).items;

export function changeSession(id: string, patch: object, etag: string | null = null): Promise<Answer<PhysioSession>> {
  return change<PhysioSession>(`${SESSIONS}/${id}`, patch, etag);
}

/** Take the pose of the last two seconds for the resting one. */
export const calibrate = (id: string): Promise<unknown> => create(`${SESSIONS}/${id}/rest`, {});

/** Every reading as a file. */
export const csvOf = (id: string): string => `/api/v1${SESSIONS}/${id}/motion.csv`;
