/** Every repetition with its numbers; one of them can be pointed at. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { sayDegrees, saySeconds, saySmoothness, sayTempo } from "./repetition.ts";
import type { Repetition } from "./repetition.ts";

export interface RepetitionTableProps {
  readonly repetitions: readonly Repetition[];
  readonly chosen: number | null;
  /** Without it none can be chosen. */
  readonly onChoose?: ((repetition: Repetition) => void) | undefined;
  /** What is said while there is none. */
  readonly empty: string;
}

const HEADS: readonly (readonly [label: string, meaning: string])[] = [
  ["No.", "In the order in which they were done"],
  ["Peak", "The farthest angle that was measured"],
  ["Range", "From the resting end to the peak"],
  ["Hold", "How long the target was held"],
  ["Out / back", "How long the way to the peak took, and the way back"],
  ["Smoothness", "How evenly it went, 0 to 1: mean speed over top speed. A movement in one go is near 0.5; stops, jerks and holding the target lower it. Compare a patient with themselves, on the same exercise"],
];

export function RepetitionTable({ repetitions, chosen, onChoose, empty }: RepetitionTableProps): JSX.Element {
  if (repetitions.length === 0) return <p class="quiet">{empty}</p>;
  return (
    <>
      <div class="reps" role="region" aria-label="Repetitions" tabIndex={0}>
        <table class="reps__table">
          <thead>
            <tr>
              {HEADS.map(([label, meaning]) => (
                <th key={label} scope="col" title={meaning}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {repetitions.map((one) => (
              <tr key={one.number} data-valid={one.valid} data-chosen={one.number === chosen}>
                <th scope="row">
                  <NumberCell repetition={one} chosen={chosen} onChoose={onChoose} />
                </th>
                <td>
                  {sayDegrees(one.peakAngle)}
                  <Verdict {...one} />
                </td>
                <td>{sayDegrees(one.rangeDeg)}</td>
                <td>{saySeconds(one.holdS)}</td>
                <td>{sayTempo(one)}</td>
                <td>{saySmoothness(one.smoothness)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Meanings />
    </>
  );
}

/** For those who cannot rest a pointer on a heading. */
function Meanings(): JSX.Element {
  return (
    <details class="reps__help">
      <summary>What the columns mean</summary>
      <dl>
        {HEADS.map(([label, meaning]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{meaning}.</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function NumberCell({
  repetition,
  chosen,
  onChoose,
}: Pick<RepetitionTableProps, "chosen" | "onChoose"> & { readonly repetition: Repetition }): JSX.Element {
  const { number } = repetition;
  if (onChoose === undefined) return <>{number}</>;
  return (
    <button
      class="reps__number"
      type="button"
      aria-pressed={number === chosen}
      aria-label={`Show repetition ${number} in the chart`}
      onClick={() => onChoose(repetition)}
    >
      {number}
    </button>
  );
}

/** Reached or how far it was from it: in words too, not by colour alone. */
function Verdict({ valid, shortDeg }: Repetition): JSX.Element {
  if (valid) {
    return (
      <span class="reps__verdict">
        <Icon name="check" />
        <span class="visually-hidden">target reached</span>
      </span>
    );
  }
  return (
    <span class="reps__verdict">
      {shortDeg === null || shortDeg < 0.5 ? "partial" : `${Math.round(shortDeg)}° short`}
    </span>
  );
}
