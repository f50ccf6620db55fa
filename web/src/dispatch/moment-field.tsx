/** A moment on the wall clock here, with seconds. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { zoneAt } from "../shared/words.ts";

const two = (value: number): string => String(value).padStart(2, "0");

/** As `datetime-local` writes it, with seconds; empty for none. */
export function toLocalSeconds(iso: string | null): string {
  if (iso === null) return "";
  const at = new Date(iso);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** ISO 8601 in UTC; null for what is empty or no moment. */
export function fromLocalSeconds(text: string): string | null {
  const at = new Date(text);
  return text === "" || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

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
