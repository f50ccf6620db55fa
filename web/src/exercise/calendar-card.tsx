/** The week at a glance: what was due each day, and how much of it was done. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Failure } from "../shared/problems.tsx";
import { Card } from "../shell/page.tsx";
import { readDays } from "./exercise-api.ts";
import type { ExerciseDay, RehabDay } from "./exercise-api.ts";
import { addDays, complianceOf, mondayOf, weekOf } from "./week.ts";
import type { CalendarDay, DayKind } from "./week.ts";

const SHORT = new Intl.DateTimeFormat(undefined, { weekday: "short", timeZone: "UTC" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: "UTC" });
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);

const SIGNS: Readonly<Record<DayKind, string>> = { done: "✓", part: "◐", missed: "✗", open: "○", planned: "○", rest: "–" };

function sayKind({ kind, done, due }: CalendarDay): string {
  switch (kind) {
    case "done":
      return `all ${due} done`;
    case "part":
      return `${done} of ${due} done`;
    case "missed":
      return `none of ${due} done`;
    case "open":
      return `${done} of ${due} done so far`;
    case "planned":
      return `${due} to do`;
    case "rest":
      return "nothing due";
  }
}

function sayPercent(week: readonly CalendarDay[]): string {
  const percent = complianceOf(week);
  if (percent !== null) return `${percent} % of what was due is done.`;
  return week.some(({ kind }) => kind === "open") ? "Today counts once it is done, or over." : "Nothing was due yet.";
}

export interface CalendarCardProps {
  readonly today: ExerciseDay;
  /** Changes when something was done. */
  readonly turn: number;
}

export function CalendarCard({ today, turn }: CalendarCardProps): JSX.Element {
  const now = mondayOf(today.day);
  const [back, setBack] = useState(0); // weeks before this one
  const monday = addDays(now, -7 * back);
  const [days, setDays] = useState<{ monday: string; rows: readonly RehabDay[] } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let left = false;
    readDays(monday, addDays(monday, 7)).then(
      (rows) => {
        if (left) return;
        setDays({ monday, rows });
        setProblem(null);
      },
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        if (!left) setProblem(error);
      },
    );
    return () => {
      left = true;
    };
  }, [monday, turn, again]);
  const known = days?.monday === monday;
  const week = weekOf(monday, today.day, known ? days.rows : [], today.exercises);
  return (
    <Card
      title={back === 0 ? "This week" : back === 1 ? "Last week" : `Week of ${DATE.format(at(monday))}`}
      actions={
        <span class="calendar__turn">
          <button class="icon-button" type="button" aria-label="The week before" onClick={() => setBack(back + 1)}>
            <Icon name="back" />
          </button>
          <button class="icon-button calendar__on" type="button" aria-label="The week after" disabled={back === 0} onClick={() => setBack(back - 1)}>
            <Icon name="back" />
          </button>
        </span>
      }
    >
      {problem !== null && <Failure error={problem} onRetry={() => setAgain(again + 1)} />}
      <ol class="calendar" aria-busy={!known}>
        {week.map((one) => (
          <li key={one.day} data-kind={known || one.day >= today.day ? one.kind : "rest"} aria-current={one.day === today.day ? "date" : undefined}>
            <span aria-hidden="true">{SHORT.format(at(one.day))}</span>
            <b aria-hidden="true">{SIGNS[one.kind]}</b>
            <small aria-hidden="true">{one.due > 0 ? `${Math.min(one.done, one.due)}/${one.due}` : ""}</small>
            <span class="visually-hidden">
              {LONG.format(at(one.day))}: {sayKind(one)}
            </span>
          </li>
        ))}
      </ol>
      <p role="status">
        {sayPercent(week)}{" "}
        <small class="quiet">Days are those of {today.time_zone.replaceAll("_", " ")}.</small>
      </p>
    </Card>
  );
}
