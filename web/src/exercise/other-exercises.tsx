/** What the plan asks for on other days: it can be looked up, and done today all the same. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { sayAmount } from "./amounts.ts";
import type { Exercise, Sensor } from "./exercise-api.ts";
import { MediaOf } from "./media.tsx";
import { fitting } from "./start-window.tsx";
import { othersOf, sayWeekdays } from "./week.ts";

export interface OtherExercisesProps {
  readonly exercises: readonly Exercise[];
  readonly sensors: readonly Sensor[];
  readonly onStart: (exercise: Exercise) => void;
}

export function OtherExercises({ exercises, sensors, onStart }: OtherExercisesProps): JSX.Element | null {
  const others = othersOf(exercises);
  if (others.length === 0) return null;
  return (
    <section class="others" aria-label="On other days">
      <h2>On other days</h2>
      <ul>
        {others.map(({ exercise, weekdays }) => (
          <li key={exercise.id}>
            <span class="two-lines">
              <b>{exercise.name}</b>
              <small>
                {sayWeekdays(weekdays)}: {sayAmount(exercise)}
              </small>
            </span>
            {exercise.media_url !== null && <MediaOf url={exercise.media_url} name={exercise.name} />}
            {fitting(sensors, exercise.joint).length > 0 && (
              <button class="button button--small" type="button" aria-label={`Do it today: ${exercise.name}`} onClick={() => onStart(exercise)}>
                <Icon name="play" />
                Do it today
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="quiet">Your therapist sees what you do on another day; it does not make up for the day on which it is due.</p>
    </section>
  );
}
