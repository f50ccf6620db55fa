/** How much it hurts, 0 to 10: buttons, because a slider has said a number before anybody has moved it. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";

const ANCHORS: Readonly<Record<number, string>> = { 0: "no pain", 5: "moderate pain", 10: "the worst pain" };
const MILD = 3;
const STRONG = 6;

/** Three words for eleven numbers: the colour is not all that tells them apart. */
export function strengthOf(pain: number): "mild" | "middle" | "strong" {
  return pain <= MILD ? "mild" : pain <= STRONG ? "middle" : "strong";
}

export interface PainScaleProps {
  readonly question: string;
  /** Null: nothing has been said. */
  readonly pain: number | null;
  readonly onPain: (pain: number) => void;
  readonly disabled?: boolean;
}

export function PainScale({ question, pain, onPain, disabled = false }: PainScaleProps): JSX.Element {
  const name = useId();
  return (
    <fieldset class="pain-scale" disabled={disabled}>
      <legend>{question}</legend>
      <div class="pain-scale__steps">
        {Array.from({ length: 11 }, (_, value) => (
          <label key={value} class="pain-scale__step" data-strength={strengthOf(value)}>
            <input type="radio" name={name} value={value} checked={pain === value} onChange={() => onPain(value)} />
            <span>
              {value}
              {ANCHORS[value] !== undefined && <span class="visually-hidden">, {ANCHORS[value]}</span>}
            </span>
          </label>
        ))}
      </div>
      <p class="pain-scale__ends" aria-hidden="true">
        <span>0 no pain</span>
        <span>10 the worst pain</span>
      </p>
    </fieldset>
  );
}
