/** The peaks of a session's repetitions beside their target: a bar each. */

import type { JSX } from "preact";
import { sayDegrees } from "../physio/repetition.ts";
import type { Goal, Rep } from "./run-state.ts";

const HEIGHT = 60;
const STEP = 10;
const AT_MOST = 60;
/** Fewer are drawn as narrow as so many. */
const AT_LEAST = 10;

/** How high the bar of a peak is, from rest; 1 is the highest of all that is drawn. */
export function heightsOf(reps: readonly Rep[], { restAngle, targetAngle }: Goal): { bars: readonly number[]; target: number | null } {
  const rest = restAngle ?? 0;
  const ways = reps.map(({ peakAngle }) => Math.abs(peakAngle - rest));
  const wanted = targetAngle === null ? null : Math.abs(targetAngle - rest);
  const highest = Math.max(1, wanted ?? 0, ...ways);
  return { bars: ways.map((way) => way / highest), target: wanted === null ? null : wanted / highest };
}

export function Peaks({ reps, goal }: { reps: readonly Rep[]; goal: Goal }): JSX.Element | null {
  if (reps.length === 0) return null;
  const shown = reps.slice(-AT_MOST);
  const { bars, target } = heightsOf(shown, goal);
  const width = Math.max(AT_LEAST, shown.length) * STEP;
  const words = shown.map((rep) => `${sayDegrees(rep.peakAngle)}${rep.valid ? "" : " (short)"}`).join(", ");
  return (
    <figure class="peaks">
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`Peaks: ${words}`}>
        {shown.map((rep, place) => {
          const tall = (bars[place] ?? 0) * (HEIGHT - 2);
          return <rect key={rep.number} data-valid={rep.valid} x={place * STEP + 1.5} y={HEIGHT - tall} width={STEP - 3} height={tall} />;
        })}
        {target !== null && <line x1="0" x2={width} y1={HEIGHT - target * (HEIGHT - 2)} y2={HEIGHT - target * (HEIGHT - 2)} />}
      </svg>
      {goal.targetAngle !== null && <figcaption>The line is the target, {sayDegrees(goal.targetAngle)}.</figcaption>}
    </figure>
  );
}
