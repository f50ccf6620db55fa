/** The weeks of the compliance calendar: days are the patient's own, and have no zone. */

import type { Exercise, RehabDay } from "./exercise-api.ts";

const DAY_MS = 86_400_000;

const msOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The day that it is in `zone` at `ms` since 1970. */
export function dayIn(zone: string, ms: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
}

/** `day` and so many days on. */
export function addDays(day: string, days: number): string {
  return dayOf(msOf(day) + days * DAY_MS);
}

/** ISO: 1 = Monday … 7 = Sunday. */
export function weekdayOf(day: string): number {
  return new Date(msOf(day)).getUTCDay() || 7;
}

/** The Monday of the week of `day`. */
export function mondayOf(day: string): string {
  return addDays(day, 1 - weekdayOf(day));
}

/** done · part · missed · `open`: it is not over yet · planned: it is to come · rest: nothing is due */
export type DayKind = "done" | "part" | "missed" | "open" | "planned" | "rest";

export interface CalendarDay {
  readonly day: string;
  readonly kind: DayKind;
  readonly due: number;
  readonly done: number;
}

function kindOf(day: string, today: string, due: number, done: number): DayKind {
  if (due === 0) return "rest";
  if (done >= due) return "done";
  if (day > today) return "planned";
  if (day === today) return "open";
  return done > 0 ? "part" : "missed";
}

/** The seven days from `monday`; what is to come is known from the exercises alone. */
export function weekOf(
  monday: string,
  today: string,
  days: readonly RehabDay[],
  exercises: readonly Exercise[],
): readonly CalendarDay[] {
  return Array.from({ length: 7 }, (_, place) => {
    const day = addDays(monday, place);
    const rows = days.filter((row) => row.day === day);
    let due = rows.reduce((sum, row) => sum + row.due_reps, 0);
    let done = rows.reduce((sum, row) => sum + row.done_reps, 0);
    // a session that has just ended is counted into the day once it has been counted from what is stored
    if (day === today) done = Math.max(done, exercises.reduce((sum, one) => sum + (one.due ? one.done_reps : 0), 0));
    if (rows.length === 0 && day >= today) {
      due = exercises.filter((one) => one.day_of_week === place + 1).reduce((sum, one) => sum + one.target_reps, 0);
    }
    return { day, kind: kindOf(day, today, due, done), due, done };
  });
}

/** Percent of the due repetitions of a week that were done; null where nothing was due so far. */
export function complianceOf(week: readonly CalendarDay[]): number | null {
  const counted = week.filter(({ kind }) => kind === "done" || kind === "part" || kind === "missed");
  const due = counted.reduce((sum, day) => sum + day.due, 0);
  return due === 0 ? null : Math.round((100 * counted.reduce((sum, day) => sum + Math.min(day.done, day.due), 0)) / due);
}

/** The next day on which something is due, within a week after `today`. */
export function nextDue(today: string, exercises: readonly Exercise[]): string | null {
  for (let ahead = 1; ahead <= 7; ahead += 1) {
    const day = addDays(today, ahead);
    if (exercises.some((one) => one.day_of_week === weekdayOf(day))) return day;
  }
  return null;
}

/** An exercise that is not due today, and all the days on which it is. */
export interface Other {
  readonly exercise: Exercise;
  /** ISO: 1 = Monday … 7 = Sunday. */
  readonly weekdays: readonly number[];
}

const sameAs = (one: Exercise, other: Exercise): boolean =>
  one.plan_id === other.plan_id && one.name === other.name && one.target_reps === other.target_reps && one.target_angle === other.target_angle;

/** Each exercise once, however many days it has; without those that are due today. */
export function othersOf(exercises: readonly Exercise[]): readonly Other[] {
  const due = exercises.filter((one) => one.due);
  const rest = exercises.filter((one) => !one.due && !due.some((other) => sameAs(one, other)));
  const firsts = rest.filter((one, place) => rest.findIndex((other) => sameAs(one, other)) === place);
  return firsts.map((exercise) => {
    const days = rest.filter((one) => sameAs(one, exercise)).map((one) => one.day_of_week);
    return { exercise, weekdays: [...new Set(days)].sort() };
  });
}

const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "long", timeZone: "UTC" });
const A_SUNDAY_MS = Date.UTC(2023, 0, 1);

/** "Monday, Wednesday". */
export function sayWeekdays(weekdays: readonly number[]): string {
  return weekdays.length === 7 ? "Every day" : weekdays.map((day) => WEEKDAY.format(A_SUNDAY_MS + day * DAY_MS)).join(", ");
}
