/** Chooses what a playback plays: until when, and how much of the time before. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useEscape } from "./escape.ts";
import { Icon } from "./icons.tsx";
import type { Playback } from "./playback.ts";
import { LENGTHS_MIN } from "./playback-plan.ts";
import { duration, fromInput, span, toInput, zone } from "./track-time.ts";

export interface PlaybackRangeProps {
  readonly playback: Playback;
  readonly nowMs: () => number;
}

const MINUTE_MS = 60_000;

export function PlaybackRange({ playback, nowMs }: PlaybackRangeProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const { fromMs, toMs } = playback.range;
  return (
    <div class="playback-range">
      <button
        class="button button--small"
        type="button"
        ref={button}
        aria-expanded={open}
        aria-controls="playback-range"
        onClick={() => setOpen(!open)}
      >
        <Icon name="history" />
        <span class="playback-range__span">{span(fromMs, toMs)}</span>
      </button>
      {open && <RangeForm playback={playback} nowMs={nowMs} onDone={close} />}
    </div>
  );
}

function RangeForm({ playback, nowMs, onDone }: PlaybackRangeProps & { onDone: () => void }): JSX.Element {
  const { fromMs, toMs } = playback.range;
  const [lengthMin, setLengthMin] = useState(Math.round((toMs - fromMs) / MINUTE_MS));
  // empty: now; as it is at first when the range ends about now
  const [end, setEnd] = useState(nowMs() - toMs < 5 * MINUTE_MS ? "" : toInput(toMs));
  const endMs = fromInput(end);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    playback.choose(Math.min(nowMs(), endMs ?? Infinity), lengthMin);
    onDone();
  };
  useEscape(true, onDone);
  return (
    <form class="playback-range__form" id="playback-range" onSubmit={onSubmit}>
      <label>
        Length
        <select value={lengthMin} onChange={(event) => setLengthMin(Number(event.currentTarget.value))}>
          {LENGTHS_MIN.map((minutes) => (
            <option key={minutes} value={minutes}>
              {duration(minutes * 60)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Until
        <input
          type="datetime-local"
          value={end === "" ? toInput(nowMs()) : end}
          max={toInput(nowMs())}
          onInput={(event) => setEnd(event.currentTarget.value)}
        />
      </label>
      <p class="playback-range__zone">{zone(endMs ?? nowMs())}</p>
      <div class="playback-range__buttons">
        <button class="button button--small" type="button" disabled={end === ""} onClick={() => setEnd("")}>
          Until now
        </button>
        <button class="button button--small button--primary" type="submit">
          Load
        </button>
      </div>
    </form>
  );
}
