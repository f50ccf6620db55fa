/** One exercise of today: what to do, how much of it is done, and the two ways to do it. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { nameOfPart } from "../physio/joints.ts";
import { sayAmount } from "./amounts.ts";
import type { Exercise } from "./exercise-api.ts";
import { MediaOf } from "./media.tsx";
import { TickField } from "./tick-field.tsx";

export interface ExerciseCardProps {
  readonly exercise: Exercise;
  /** There is a sensor that could measure it. */
  readonly measurable: boolean;
  readonly onStart: () => void;
  readonly onTicked: () => void;
}

export function ExerciseCard({ exercise, measurable, onStart, onTicked }: ExerciseCardProps): JSX.Element {
  const { name, joint, target_reps: target, done_reps: done, instructions, media_url: url, partial_reps: partial } = exercise;
  const complete = done >= target;
  return (
    <li class="exercise" data-complete={complete}>
      <header class="exercise__head">
        <div>
          <h2>{name}</h2>
          <p class="quiet">{nameOfPart(joint)}</p>
        </div>
        <p class="exercise__done">
          {complete && <Icon name="check" />}
          <b>{done}</b> of {target}
        </p>
      </header>
      <progress class="exercise__bar" max={target} value={done} aria-label={`${name}: ${done} of ${target} repetitions`} />
      <p class="exercise__amount">{sayAmount(exercise)}</p>
      {partial > 0 && <p class="quiet">{partial} more did not reach the target.</p>}
      {instructions !== null && <p class="exercise__words">{instructions}</p>}
      {url !== null && <MediaOf url={url} name={name} />}
      <div class="exercise__ways">
        {measurable && (
          <button class={`button ${complete ? "" : "button--primary"}`} type="button" onClick={onStart}>
            <Icon name="play" />
            {complete ? "Again with the sensor" : done > 0 ? "Go on with the sensor" : "Start with the sensor"}
          </button>
        )}
        <TickField exercise={exercise} onTicked={onTicked} />
      </div>
    </li>
  );
}
