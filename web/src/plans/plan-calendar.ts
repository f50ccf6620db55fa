/** The weeks of a plan, day by day: what was due and what was done. */

import type { RehabDay } from "../exercise/exercise-api.ts";
import { addDays, weekdayOf } from "../exercise/week.ts";
import { repsOn } from "./plan.ts";
import type { Plan, PlanExercise } from "./plan.ts";

/** done · part · missed · `open`: it is not over yet · planned: it is to come · rest: nothing is due · outside: of the plan */
export type CellKind = "done" | "part" | "missed" | "open" | "planned" | "rest" | "outside";

export interface CalendarCell {
  readonly day: string;
  readonly today: boolean;
  readonly kind: CellKind;
  readonly due: number;
  readonly done: number;
}

function kindOf(day: string, today: string, due: number, done: number): CellKind {
  if (due === 0) return "rest";
  if (done >= due) return "done";
  if (day > today) return "planned";
  if (day === today) return "open";
  return done > 0 ? "part" : "missed";
}

/** Whether something can be due: between the plan's days, of a plan that runs; an ended one asks for nothing to come. */
function covers({ start_date, end_date, status }: Plan, day: string, today: string): boolean {
  return day >= start_date && (end_date === null || day <= end_date) && (status === "active" || day <= today);
}

/** So many weeks from `first`, a Monday. Days without a row are as the exercises say: nothing was worked out for them. */
export function monthOf(
  first: string,
  weeks: number,
  today: string,
  plan: Plan,
  days: readonly RehabDay[],
  exercises: readonly PlanExercise[],
): readonly CalendarCell[] {
  const known = new Map(days.map((row) => [row.day, row]));
  return Array.from({ length: 7 * weeks }, (_, place) => {
    const day = addDays(first, place);
    const row = known.get(day);
    const coming = row === undefined && day >= today && plan.status === "active";
    const standing = exercises.filter(({ last_day = null }) => last_day === null || day <= last_day);
    const due = row?.due_reps ?? (coming ? repsOn(weekdayOf(day), standing) : 0);
    const done = row?.done_reps ?? 0;
    const kind = covers(plan, day, today) ? kindOf(day, today, due, done) : "outside";
    return { day, today: day === today, kind, due: kind === "outside" ? 0 : due, done };
  });
}

const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: "UTC" });

const WORDS: Readonly<Record<CellKind, (cell: CalendarCell) => string>> = {
  done: ({ due }) => `all ${due} done`,
  part: ({ done, due }) => `${done} of ${due} done`,
  missed: ({ due }) => `none of ${due} done`,
  open: ({ done, due }) => `${done} of ${due} done so far`,
  planned: ({ due }) => `${due} to come`,
  rest: () => "nothing due",
  outside: () => "not in the plan",
};

/** "8/10" of a day that counts, "10" of one that is to come. */
export function sayShort({ kind, due, done }: CalendarCell): string {
  if (due === 0) return "";
  return kind === "planned" ? String(due) : `${Math.min(done, due)}/${due}`;
}

export function sayCell(cell: CalendarCell): string {
  return `${LONG.format(Date.parse(`${cell.day}T00:00:00Z`))}: ${WORDS[cell.kind](cell)}`;
}
