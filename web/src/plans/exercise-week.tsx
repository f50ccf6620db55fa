/** A plan's week: what is asked for on each day. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { DAYS } from "../doctors/week.ts";
import { Icon } from "../icons.tsx";
import { useMay } from "../shared/rights.ts";
import { sayDay } from "../shared/words.ts";
import { ExerciseDialog } from "./exercise-dialog.tsx";
import { repsOn, sayDose } from "./plan.ts";
import type { Plan, PlanExercise } from "./plan.ts";

export interface ExerciseWeekProps {
  readonly plan: Plan;
  readonly exercises: readonly PlanExercise[];
  readonly onChanged: () => void;
}

/** What is being drawn up: a new exercise on a day, or one that is there. */
type Draft = { readonly day: number } | PlanExercise;

export function ExerciseWeek({ plan, exercises, onChanged }: ExerciseWeekProps): JSX.Element {
  const may = useMay();
  const [draft, setDraft] = useState<Draft | null>(null);
  const writes = plan.created_by === may.user.id && plan.status !== "ended" && may.create("plan_exercises");
  const close = (): void => setDraft(null);
  return (
    <>
      <ol class="plan-week">
        {DAYS.map((name, at) => (
          <Day key={name} day={at + 1} name={name} exercises={exercises} onDraft={writes ? setDraft : null} />
        ))}
      </ol>
      {draft !== null && (
        <ExerciseDialog
          plan={plan}
          exercise={"id" in draft ? draft : null}
          day={"id" in draft ? draft.day_of_week : draft.day}
          onClose={close}
          onSaved={() => {
            close();
            onChanged();
          }}
        />
      )}
    </>
  );
}

interface DayProps {
  readonly day: number;
  readonly name: string;
  readonly exercises: readonly PlanExercise[];
  readonly onDraft: ((draft: Draft) => void) | null;
}

function Day({ day, name, exercises, onDraft }: DayProps): JSX.Element {
  const due = exercises.filter(({ day_of_week }) => day_of_week === day);
  return (
    <li class="plan-day" data-empty={due.length === 0}>
      <header class="plan-day__head">
        <h3>{name}</h3>
        <span class="quiet">{due.length === 0 ? "Rest" : `${repsOn(day, exercises)} repetitions`}</span>
        {onDraft !== null && (
          <button class="icon-button" type="button" aria-label={`Add an exercise on ${name}`} title={`Add an exercise on ${name}`} onClick={() => onDraft({ day })}>
            <Icon name="plus" />
          </button>
        )}
      </header>
      {due.length > 0 && (
        <ul class="plan-day__list">
          {due.map((exercise) => (
            <Exercise key={exercise.id} exercise={exercise} day={name} onDraft={onDraft} />
          ))}
        </ul>
      )}
    </li>
  );
}

interface ExerciseProps {
  readonly exercise: PlanExercise;
  readonly day: string;
  readonly onDraft: ((draft: Draft) => void) | null;
}

function Exercise({ exercise, day, onDraft }: ExerciseProps): JSX.Element {
  const { name, instructions = null, media_url = null, last_day = null } = exercise;
  return (
    <li class="plan-exercise">
      <div class="plan-exercise__head">
        <b>{name}</b>
        {onDraft !== null && (
          <button class="icon-button" type="button" aria-label={`Change ${name} on ${day}`} title="Change" onClick={() => onDraft(exercise)}>
            <Icon name="edit" />
          </button>
        )}
      </div>
      <span>{sayDose(exercise)}</span>
      {instructions !== null && <p class="plan-exercise__how as-written">{instructions}</p>}
      {media_url !== null && (
        <a href={media_url} target="_blank" rel="noreferrer">
          <Icon name="play" />
          How it is done
          <span class="visually-hidden"> (opens in a new tab)</span>
        </a>
      )}
      {last_day !== null && <small class="quiet">Until {sayDay(last_day)}</small>}
    </li>
  );
}
