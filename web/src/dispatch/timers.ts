/** What runs on the board: how long a call has waited against its target, when an offer ends, when a unit comes. Pure. */

import type { Assignment, Call, Policy } from "./shapes.ts";

/** Where the hub does not say otherwise; as hub/dispatch/policy.py. */
const TARGET_S: Readonly<Record<number, number>> = { 1: 480, 2: 900, 3: 1_800, 4: 3_600 };
/** From this part of the target on it is shown as close. */
const CLOSE_PART = 0.75;

/** `well`: time enough · `close`: the target is near · `late`: it is missed · `reached`: a unit is there · `ahead`: not due yet. */
export type Standing = "well" | "close" | "late" | "reached" | "ahead";

export interface Wait {
  /** Seconds since the call, or since its time when it is a scheduled one; negative while that is to come. */
  readonly waitedS: number;
  readonly targetS: number;
  readonly standing: Standing;
}

export function targetOf(call: Pick<Call, "priority">, policy: Policy | null): number {
  return policy?.priorities.find(({ priority }) => priority === call.priority)?.target_s ?? TARGET_S[call.priority] ?? 900;
}

/** How long `call` has waited for the first unit at its scene, at `nowMs`; what is over counts until then. */
export function waitOf(call: Call, assignments: readonly Assignment[], policy: Policy | null, nowMs: number): Wait {
  const since = Date.parse(call.scheduled_for ?? call.requested_at);
  const reached = assignments.flatMap(({ on_scene_at: at }) => (at === null ? [] : [Date.parse(at)]));
  const ended = call.closed_at === null ? [] : [Date.parse(call.closed_at)];
  const until = reached.length > 0 ? Math.min(...reached) : Math.min(nowMs, ...ended);
  const [waitedS, targetS] = [(until - since) / 1000, targetOf(call, policy)];
  if (reached.length > 0) return { waitedS, targetS, standing: waitedS > targetS ? "late" : "reached" };
  if (waitedS < 0) return { waitedS, targetS, standing: "ahead" };
  const standing = waitedS >= targetS ? "late" : waitedS >= targetS * CLOSE_PART ? "close" : "well";
  return { waitedS, targetS, standing };
}

/** Seconds until an offer ends; null for what is no open offer, or one that does not end. */
export function offerLeftS(assignment: Assignment, nowMs: number): number | null {
  if (assignment.status !== "offered" || assignment.offer_expires_at === null) return null;
  return Math.max(0, (Date.parse(assignment.offer_expires_at) - nowMs) / 1000);
}

/** Seconds until it should be there, negative when that has passed; null when nobody knows, or it is there. */
export function etaS(at: string | null, nowMs: number): number | null {
  return at === null ? null : (Date.parse(at) - nowMs) / 1000;
}

/** Seconds as a stopwatch shows them: `0:07`, `12:34`, `1:02:03`. */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(Math.abs(seconds)));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A travel time as people say it: `40 s`, `4 min`, `1 h 5 min`. */
export function sayTravel(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `in 4 min`, or `2 min late`. */
export function sayEta(seconds: number): string {
  return seconds >= 0 ? `in ${sayTravel(seconds)}` : `${sayTravel(-seconds)} late`;
}
