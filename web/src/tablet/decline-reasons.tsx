/** Why a crew does not take a call: one tap for the usual reasons, words for the others. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { DECLINE_REASONS } from "./stages.ts";

export interface DeclineReasonsProps {
  readonly onReason: (reason: string) => void;
  readonly onBack: () => void;
}

export function DeclineReasons({ onReason, onBack }: DeclineReasonsProps): JSX.Element {
  const [words, setWords] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    if (words.trim() !== "") onReason(words.trim());
  };
  return (
    <form class="tablet-reasons" aria-label="Why do you decline?" onSubmit={submit}>
      <h3>Why do you decline?</h3>
      {DECLINE_REASONS.map((reason) => (
        <button key={reason} class="tablet-button" type="button" onClick={() => onReason(reason)}>
          {reason}
        </button>
      ))}
      <div class="tablet-line">
        <input
          value={words}
          maxLength={500}
          placeholder="Another reason"
          aria-label="Another reason"
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <button class="tablet-button tablet-button--small" type="submit" disabled={words.trim() === ""}>
          Decline
        </button>
      </div>
      <button class="tablet-button" type="button" onClick={onBack}>
        Back to the offer
      </button>
    </form>
  );
}
