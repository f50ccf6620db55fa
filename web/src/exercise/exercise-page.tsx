/** The patient's own page: what is to be done today, doing it, and how the week went. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { nameOfMotion } from "../physio/joints.ts";
import { EmptyState } from "../shared/data-table.tsx";
import { Failure } from "../shared/problems.tsx";
import { Skeleton } from "../shared/table-rows.tsx";
import { toast } from "../shared/toast.tsx";
import { sayMoment } from "../shared/words.ts";
import { Page } from "../shell/page.tsx";
import { CalendarCard } from "./calendar-card.tsx";
import { ExerciseCard } from "./exercise-card.tsx";
import type { Exercise, ExerciseDay, PhysioSession } from "./exercise-api.ts";
import { HistoryCard } from "./history-card.tsx";
import { OtherExercises } from "./other-exercises.tsx";
import type { Goal, Rep } from "./run-state.ts";
import { RunView } from "./run-view.tsx";
import { fitting, StartWindow } from "./start-window.tsx";
import { SummaryView } from "./summary-view.tsx";
import { useDay } from "./use-day.ts";
import type { DayDoor, Today } from "./use-day.ts";
import { nextDue } from "./week.ts";

const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
const sayDate = (day: string): string => DAY.format(Date.parse(`${day}T00:00:00Z`));

interface Ended {
  readonly session: PhysioSession;
  readonly reps: readonly Rep[];
}

function exerciseOf(day: ExerciseDay, session: PhysioSession): Exercise | null {
  return day.exercises.find(({ id }) => id === session.exercise_id) ?? null;
}

const nameOf = (session: PhysioSession, exercise: Exercise | null): string =>
  exercise?.name ?? (session.joint === null ? "Session" : nameOfMotion(session.joint, session));

export function ExercisePage(): JSX.Element {
  const [running, setRunning] = useState<PhysioSession | null>(null);
  const [ended, setEnded] = useState<Ended | null>(null);
  const door = useDay(running !== null || ended !== null);
  const { today, problem } = door;
  useEffect(() => {
    // begun on another screen, by the therapist or on the sensor: one is in it all the same
    const found = today?.running ?? null;
    if (found !== null && running === null && ended?.session.id !== found.id) setRunning(found);
  }, [today]);
  const view = running !== null ? "run" : ended !== null ? "summary" : "plan";
  useHeading(view);
  if (today !== null && running !== null) {
    const exercise = exerciseOf(today.day, running);
    const onEnded = (session: PhysioSession, reps: readonly Rep[]): void => {
      setRunning(null);
      if (session.status === "completed") setEnded({ session, reps });
      else toast("The session is over: nothing of it counts");
      door.reload();
    };
    return (
      <Page key={view} title={nameOf(running, exercise)}>
        <RunView key={running.id} session={running} exercise={exercise} onEnded={onEnded} />
      </Page>
    );
  }
  if (today !== null && ended !== null) {
    const { session, reps } = ended;
    const exercise = exerciseOf(today.day, session);
    const onDone = (): void => {
      setEnded(null);
      door.reload();
    };
    return (
      <Page key={view} title={nameOf(session, exercise)} lead="Well done.">
        <SummaryView session={session} reps={reps} goal={goalOf(session, exercise)} onDone={onDone} />
      </Page>
    );
  }
  return (
    <Page key={view} title="My exercises" lead={today === null ? undefined : `Today, ${sayDate(today.day.day)}`}>
      {problem !== null && <Failure error={problem} onRetry={door.reload} />}
      {today === null ? problem === null && <Skeleton columns={2} /> : <Plan today={today} door={door} onStarted={setRunning} />}
    </Page>
  );
}

/** What was pressed is gone with the view before: whoever uses no pointer goes on from the new title. */
function useHeading(view: string): void {
  const before = useRef(view);
  useEffect(() => {
    if (before.current === view) return;
    before.current = view;
    document.querySelector<HTMLElement>(".page h1")?.focus();
  }, [view]);
}

function goalOf(session: PhysioSession, exercise: Exercise | null): Goal {
  return {
    ...{ restAngle: session.rest_angle, targetAngle: session.target_angle, reps: session.target_reps },
    ...{ sets: exercise?.sets ?? 1, holdS: exercise?.hold_s ?? 0 },
  };
}

interface PlanProps {
  readonly today: Today;
  readonly door: DayDoor;
  readonly onStarted: (session: PhysioSession) => void;
}

function Plan({ today: { day, booked, nowMs }, door, onStarted }: PlanProps): JSX.Element {
  const [chosen, setChosen] = useState<{ exercise: Exercise | null; booked: PhysioSession | null } | null>(null);
  const choose = (exercise: Exercise | null, session: PhysioSession | null): void => {
    setChosen({ exercise, booked: session });
    door.reload(); // whether the sensor is there now
  };
  const due = day.exercises.filter((one) => one.due);
  const soon = booked.filter((one) => isSoon(one, nowMs()));
  return (
    <div class="exercises">
      {day.exercises.length === 0 ? <NoPlan /> : <Due due={due} day={day} onStart={(exercise) => choose(exercise, null)} onTicked={door.reload} />}
      {soon.map((session) => (
        <p key={session.id} class="booked-now">
          <span class="two-lines">
            <b>{nameOf(session, exerciseOf(day, session))}, booked</b>
            <small>{sayMoment(session.scheduled_at)}</small>
          </span>
          <button class="button" type="button" onClick={() => choose(null, session)}>
            Begin
          </button>
        </p>
      ))}
      <OtherExercises exercises={day.exercises} sensors={day.sensors} onStart={(exercise) => choose(exercise, null)} />
      <div class="cards">
        <CalendarCard today={day} turn={door.turn} />
        <HistoryCard exercises={day.exercises} />
      </div>
      {chosen !== null && (
        <StartWindow
          title={chosen.exercise?.name ?? (chosen.booked === null ? "Session" : nameOf(chosen.booked, null))}
          exercise={chosen.exercise}
          booked={chosen.booked}
          joint={chosen.exercise?.joint ?? chosen.booked?.joint ?? null}
          sensors={day.sensors}
          nowMs={nowMs}
          onStarted={onStarted}
          onClose={() => setChosen(null)}
        />
      )}
    </div>
  );
}

const HALF_HOUR_MS = 30 * 60_000;

/** As early, and as late, as a sensor may begin it. */
function isSoon({ scheduled_at: at }: PhysioSession, nowMs: number): boolean {
  return Math.abs(Date.parse(at) - nowMs) <= 2 * HALF_HOUR_MS;
}

interface DueProps {
  readonly due: readonly Exercise[];
  readonly day: ExerciseDay;
  readonly onStart: (exercise: Exercise) => void;
  readonly onTicked: () => void;
}

function Due({ due, day, onStart, onTicked }: DueProps): JSX.Element {
  const next = nextDue(day.day, day.exercises);
  const then = next === null ? "" : ` The next day with exercises is ${sayDate(next)}.`;
  if (due.length === 0) return <EmptyState title="Nothing is due today" text={`Rest is a part of the plan.${then}`} />;
  const complete = due.every((one) => one.done_reps >= one.target_reps);
  return (
    <section aria-label="Due today">
      {complete && <p class="exercises__complete">Everything of today is done.{then}</p>}
      <ul class="exercises__list">
        {due.map((exercise) => (
          <ExerciseCard
            key={exercise.id}
            exercise={exercise}
            measurable={fitting(day.sensors, exercise.joint).length > 0}
            onStart={() => onStart(exercise)}
            onTicked={onTicked}
          />
        ))}
      </ul>
      {day.sensors.length === 0 && (
        <p class="quiet">You have no sensor at home: tick off what you have done. If you should have one, ask your therapist.</p>
      )}
    </section>
  );
}

function NoPlan(): JSX.Element {
  return (
    <EmptyState
      title="No exercises yet"
      text="Once your therapist has made a plan for you, its exercises are here on the days on which they are due."
      action={
        <a class="button" href="/inbox">
          Ask your therapist
        </a>
      }
    />
  );
}
