/** A moment on the wall clock here, with seconds. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { zoneAt } from "../shared/words.ts";

export interface MomentFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly onValue: (value: string) => void;
}

export function MomentField({ label, value, hint, onValue }: MomentFieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {label} <span class="field__hint">({zoneAt(Date.parse(value) || Date.now())})</span>
      </label>
      <input
        id={id}
        type="datetime-local"
        step={1}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p class="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
