/** Exercise plans, as the hub tells them. */

import { sayDegrees } from "../physio/repetition.ts";
import type { Row } from "../shared/http.ts";

export interface Plan extends Row {
  readonly id: string;
  readonly patient_id: string;
  readonly created_by: string;
  readonly patient?: { readonly name: string } | null;
  readonly doctor?: { readonly name: string } | null;
  readonly joint: string;
  readonly start_date: string;
  readonly end_date: string | null;
  readonly notes: string | null;
  readonly status: "draft" | "active" | "ended";
}

export interface PlanExercise extends Row {
  readonly id: string;
  readonly plan_id: string;
  readonly name: string;
  /** Of the day, over all sets. */
  readonly target_reps: number;
  readonly target_angle: number | null;
  /** ISO: 1 = Monday … 7 = Sunday. */
  readonly day_of_week: number;
  readonly sets?: number;
  readonly hold_s?: number;
  readonly instructions?: string | null;
  readonly media_url?: string | null;
  readonly last_day?: string | null;
}

export interface Progress extends Row {
  readonly completed_reps: number;
  readonly valid_reps: number;
  readonly self_reported_reps?: number;
  readonly average_angle: number | null;
  readonly compliance_rate: number | null;
  /** Of the patient: whose days are meant. */
  readonly time_zone?: string | null;
  readonly last_updated: string;
}

export const PLANS = "/workout_plans";

/** "3 × 10 to 90°, held 5 s": what is asked for on a day. */
export function sayDose({ target_reps, target_angle, sets = 1, hold_s = 0 }: PlanExercise): string {
  const each = target_reps / sets;
  const reps = sets > 1 && Number.isInteger(each) ? `${sets} × ${each}` : `${target_reps} times${sets > 1 ? ` in ${sets} sets` : ""}`;
  const angle = target_angle === null ? "" : ` to ${sayDegrees(target_angle)}`;
  return reps + angle + (hold_s > 0 ? `, held ${hold_s} s` : "");
}

/** What is asked for on a weekday, in all. */
export function repsOn(day: number, exercises: readonly PlanExercise[]): number {
  return exercises.filter(({ day_of_week }) => day_of_week === day).reduce((sum, { target_reps }) => sum + target_reps, 0);
}
