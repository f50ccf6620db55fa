/** The bar below the map with which the past is played. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons.tsx";
import type { Playback } from "./playback.ts";
import { usePlaybackState } from "./playback-hooks.ts";
import { SPEEDS } from "./playback-plan.ts";
import { PlaybackRange } from "./playback-range.tsx";
import { PlaybackSlider } from "./playback-slider.tsx";
import { explain, mayRetry } from "./track-state.tsx";
import { day, second, zone } from "./track-time.ts";

export interface PlaybackBarProps {
  readonly playback: Playback;
  /** CSS px at the bottom that something else covers. */
  readonly bottomInset: number;
  readonly nowMs: () => number;
}

export function PlaybackBar({ playback, bottomInset, nowMs }: PlaybackBarProps): JSX.Element {
  usePlaybackState(playback);
  const play = useRef<HTMLButtonElement>(null);
  useEffect(() => play.current?.focus({ preventScroll: true }), [playback]);
  const { playing, speed, atMs } = playback;
  return (
    <section class="playback" aria-label="Playback" style={{ bottom: `${bottomInset}px` }}>
      <div class="playback__main">
        <button
          class="playback__play"
          type="button"
          ref={play}
          aria-label={playing ? "Pause" : "Play"}
          title={`${playing ? "Pause" : "Play"} (space)`}
          onClick={() => playback.toggle()}
        >
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <div class="playback__clock">
          <time class="playback__time">{second(atMs)}</time>
          <span class="playback__day">
            {day(atMs)} <span class="playback__zone">{zone(atMs)}</span>
          </span>
        </div>
        <PlaybackSlider playback={playback} />
        <label class="playback__speed">
          <span class="visually-hidden">Speed</span>
          <select value={speed} onChange={(event) => playback.hasten(Number(event.currentTarget.value))}>
            {SPEEDS.map((one) => (
              <option key={one} value={one}>
                {one}×
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="playback__more">
        <PlaybackRange playback={playback} nowMs={nowMs} />
        <State playback={playback} />
      </div>
    </section>
  );
}

/** Why the picture stands still, when it is not because of the person. */
function State({ playback }: { playback: Playback }): JSX.Element | null {
  const { problem, waiting } = playback;
  if (problem !== null) {
    return (
      <p class="playback__state playback__state--failed" role="alert">
        <Icon name="warning" />
        {explain(problem)}
        {mayRetry(problem) && (
          <button class="button button--small" type="button" onClick={() => playback.retry()}>
            Try again
          </button>
        )}
      </p>
    );
  }
  if (!waiting) return null;
  return (
    <p class="playback__state" role="status">
      <progress aria-label="Loading the past" />
      Loading {second(playback.atMs)}…
    </p>
  );
}
