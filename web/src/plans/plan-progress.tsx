/** How far the patient has come: what was done of what was due, in all and day by day. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { TIME_ZONE } from "../format.ts";
import { Icon } from "../icons.tsx";
import type { RehabDay } from "../exercise/exercise-api.ts";
import { addDays, dayIn, mondayOf } from "../exercise/week.ts";
import { sayDegrees } from "../physio/repetition.ts";
import type { ListPage } from "../shared/http.ts";
import { withQuery } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useRecord } from "../shared/use-record.ts";
import { sayAgo } from "../shared/words.ts";
import { Card, Facts } from "../shell/page.tsx";
import { monthOf, sayCell, sayShort } from "./plan-calendar.ts";
import type { CalendarCell } from "./plan-calendar.ts";
import type { Plan, PlanExercise, Progress } from "./plan.ts";

export interface PlanProgressProps {
  readonly plan: Plan;
  readonly exercises: readonly PlanExercise[];
  /** Changes when the exercises have. */
  readonly turn: number;
}

const WEEKS = 5;
const MONTH = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const LETTERS = ["M", "T", "W", "T", "F", "S", "S"];


export function PlanProgress({ plan, exercises, turn }: PlanProgressProps): JSX.Element {
  const [back, setBack] = useState(0); // turns of the calendar before this one
  const progress = useRecord<ListPage<Progress>>(`/rehab_progress?plan_id=${plan.id}`);
  // the hub says whose days these are; before anything was worked out they are those of this browser
  const today = dayIn(progress.row?.items[0]?.time_zone ?? TIME_ZONE, Date.now());
  const first = addDays(mondayOf(today), -7 * (WEEKS - 1) - 7 * WEEKS * back);
  const until = addDays(first, 7 * WEEKS - 1);
  const days = useRecord<ListPage<RehabDay>>(
    withQuery("/rehab_days", { plan_id: plan.id, day_from: first, day_until: addDays(until, 1), limit: 200 }),
  );
  useEffect(() => {
    if (turn === 0) return;
    progress.reload();
    days.reload();
  }, [turn]);
  const cells = monthOf(first, WEEKS, today, plan, days.row?.items ?? [], exercises);
  return (
    <Card
      title="Progress"
      actions={
        <span class="calendar__turn">
          <button class="icon-button" type="button" aria-label="Five weeks before" disabled={first <= plan.start_date} onClick={() => setBack(back + 1)}>
            <Icon name="back" />
          </button>
          <button class="icon-button" type="button" aria-label="Five weeks later" disabled={back === 0} onClick={() => setBack(back - 1)}>
            <Icon name="forward" />
          </button>
        </span>
      }
    >
      {progress.problem !== null && <Failure error={progress.problem} onRetry={progress.reload} />}
      {progress.row !== null && <Sums progress={progress.row.items[0] ?? null} />}
      {days.problem !== null ? <Failure error={days.problem} onRetry={days.reload} /> : <Calendar cells={cells} />}
      <p class="quiet">
        {MONTH.format(Date.parse(first))} to {MONTH.format(Date.parse(until))}. Each day shows what was done of what was due;
        more on one day does not pay for another.
      </p>
    </Card>
  );
}

function Sums({ progress }: { progress: Progress | null }): JSX.Element {
  if (progress === null) return <p class="quiet">Nothing was due and nothing was done yet.</p>;
  const { completed_reps, valid_reps, self_reported_reps = 0, average_angle, compliance_rate } = progress;
  return (
    <Facts
      facts={[
        ["Done of what was due", compliance_rate === null ? "Nothing was due yet" : `${Math.round(compliance_rate)} %`],
        ["Repetitions", `${completed_reps}, of which ${valid_reps} reached the target`],
        ["Said by the patient", self_reported_reps === 0 ? undefined : `${self_reported_reps} of them, without a sensor`],
        ["Mean peak", sayDegrees(average_angle)],
        ["As of", sayAgo(progress.last_updated)],
      ]}
    />
  );
}

function Calendar({ cells }: { cells: readonly CalendarCell[] }): JSX.Element {
  return (
    <ol class="plan-calendar" aria-label="Day by day">
      {LETTERS.map((letter, at) => (
        <li key={`head-${at}`} class="plan-calendar__head" aria-hidden="true">
          {letter}
        </li>
      ))}
      {cells.map((cell) => (
        <li key={cell.day} class="plan-calendar__day" data-kind={cell.kind} aria-current={cell.today ? "date" : undefined} title={sayCell(cell)}>
          <span aria-hidden="true">{Number(cell.day.slice(8))}</span>
          <small aria-hidden="true">{sayShort(cell)}</small>
          <span class="visually-hidden">{sayCell(cell)}</span>
        </li>
      ))}
    </ol>
  );
}
