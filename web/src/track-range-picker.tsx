/** Chooses the part of the past that is looked at: a usual one, or from – to. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { objection, rangeOf, RANGES } from "./track-range.ts";
import type { Choice, RangeName } from "./track-range.ts";
import { fromInput, toInput, zone } from "./track-time.ts";

export interface RangePickerProps {
  readonly choice: Choice;
  readonly nowMs: number;
  readonly onChoice: (choice: Choice) => void;
}

export function RangePicker({ choice, nowMs, onChoice }: RangePickerProps): JSX.Element {
  const [editing, setEditing] = useState(choice.name === "custom");
  const onChange = (name: RangeName): void => {
    setEditing(name === "custom");
    if (name !== "custom") onChoice({ name, custom: null });
  };
  return (
    <>
      <label class="range">
        <span class="visually-hidden">Range of the track</span>
        <select
          value={editing ? "custom" : choice.name}
          onChange={(event) => onChange(event.currentTarget.value as RangeName)}
        >
          {RANGES.map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {editing && <CustomRange choice={choice} nowMs={nowMs} onChoice={onChoice} />}
    </>
  );
}

function CustomRange({ choice, nowMs, onChoice }: RangePickerProps): JSX.Element {
  const shown = rangeOf(choice, nowMs);
  const [from, setFrom] = useState(toInput(shown.fromMs));
  const [to, setTo] = useState(toInput(shown.toMs));
  const [fault, setFault] = useState<string | null>(null);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const [fromMs, toMs] = [fromInput(from), fromInput(to)];
    const found = objection(fromMs, toMs, nowMs);
    setFault(found);
    if (found === null && fromMs !== null && toMs !== null) onChoice({ name: "custom", custom: { fromMs, toMs } });
  };
  const latest = toInput(nowMs + 60_000);
  return (
    <form class="custom-range" onSubmit={onSubmit} noValidate>
      <label>
        From
        <input
          type="datetime-local"
          value={from}
          max={latest}
          onInput={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      <label>
        To
        <input type="datetime-local" value={to} max={latest} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <p class="custom-range__zone">{zone(fromInput(from) ?? nowMs)}</p>
      <button class="button button--small" type="submit">
        Show
      </button>
      {fault !== null && (
        <p class="custom-range__fault" role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}
