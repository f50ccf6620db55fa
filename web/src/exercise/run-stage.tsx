/** The big number: what somebody reads from two metres away, out of breath. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { sayDegrees } from "../physio/repetition.ts";
import { reachOf, sayNow, setAt } from "./run-state.ts";
import type { Goal, Rep } from "./run-state.ts";
import type { Run } from "./use-run.ts";

/** More marks than this say nothing; the newest are shown. */
const MARKS = 30;
const RADIUS = 46;

export interface RunStageProps {
  readonly run: Run;
  /** The hub cannot be heard: what is known of the repetition under way is old. */
  readonly away: boolean;
  readonly onCalibrate: () => void;
}

export function RunStage({ run, away, onCalibrate }: RunStageProps): JSX.Element {
  const { goal, standing, reps, cue } = run;
  const set = setAt(standing.valid, goal);
  return (
    <section class="effort" data-cue={cue?.kind} aria-label="Repetitions">
      <Ring done={standing.valid} goal={goal} />
      <p class="effort__now">{away ? "The count follows when the connection is back." : sayNow(standing, reps.at(-1) ?? null, goal)}</p>
      {set !== null && (
        <p class="effort__set">
          Set {set} of {goal.sets}
        </p>
      )}
      {!away && <Way run={run} />}
      {!away && goal.holdS > 0 && <Hold heldS={standing.phase === "out" ? standing.holdS : 0} goal={goal} />}
      <Marks reps={reps} />
      {!run.sensing && !away && <p class="effort__silent">Nothing comes from the sensor at the moment.</p>}
      <button class="button button--small effort__again" type="button" onClick={onCalibrate}>
        <Icon name="refresh" />
        Resting position again
      </button>
    </section>
  );
}

function Ring({ done, goal }: { done: number; goal: Goal }): JSX.Element {
  const part = goal.reps === null ? 0 : Math.min(1, done / goal.reps);
  return (
    <div class="ring">
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle class="ring__way" cx="50" cy="50" r={RADIUS} />
        <circle class="ring__done" cx="50" cy="50" r={RADIUS} pathLength="100" stroke-dasharray={`${part * 100} 100`} />
      </svg>
      <p class="ring__number">
        <b>{done}</b>
        <span>{goal.reps === null ? (done === 1 ? "repetition" : "repetitions") : `of ${goal.reps}`}</span>
      </p>
    </div>
  );
}

/** From rest to target, and where the joint is on the way. */
function Way({ run }: { run: Run }): JSX.Element | null {
  const { angle, goal } = run;
  if (goal.targetAngle === null || angle === null) return null;
  const part = Math.round(reachOf(angle, goal) * 100);
  return (
    <div class="way-to" aria-hidden="true">
      <progress max={100} value={part} data-there={part >= 100} />
      <span>
        {sayDegrees(angle)} of {sayDegrees(goal.targetAngle)}
      </span>
    </div>
  );
}

function Hold({ heldS, goal }: { heldS: number; goal: Goal }): JSX.Element {
  const held = heldS >= goal.holdS;
  return (
    <div class="hold" data-held={held} role="timer" aria-label="Hold">
      <progress max={goal.holdS} value={Math.min(heldS, goal.holdS)} />
      <span>
        {held && <Icon name="check" />}
        {heldS.toFixed(1)} of {Number(goal.holdS.toFixed(1))} s held
      </span>
    </div>
  );
}

/** Each repetition as a mark: a tick for those that count, a dash for those that fell short. */
function Marks({ reps }: { reps: readonly Rep[] }): JSX.Element | null {
  if (reps.length === 0) return null;
  const valid = reps.filter((rep) => rep.valid).length;
  return (
    <ol class="rep-marks" aria-label={`${valid} reached the target, ${reps.length - valid} fell short`}>
      {reps.slice(-MARKS).map((rep) => (
        <li key={rep.number} data-valid={rep.valid} title={sayDegrees(rep.peakAngle)}>
          <Icon name={rep.valid ? "check" : "minus"} />
        </li>
      ))}
    </ol>
  );
}
