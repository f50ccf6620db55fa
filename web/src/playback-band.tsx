/** Says across the map and the list that this is the past, so that nobody takes it for now. */

import type { JSX } from "preact";
import { Icon } from "./icons.tsx";
import type { Playback } from "./playback.ts";
import { usePlaybackState } from "./playback-hooks.ts";
import { day, second } from "./track-time.ts";

export interface PlaybackBandProps {
  readonly playback: Playback;
  /** The band of the list leaves the way back to that of the map. */
  readonly onLive?: () => void;
}

export function PlaybackBand({ playback, onLive }: PlaybackBandProps): JSX.Element {
  usePlaybackState(playback);
  return (
    <div class={`playback-band${onLive === undefined ? " playback-band--list" : ""}`}>
      <Icon name="history" />
      {/* for screen readers once: a clock that is read out would never stop talking */}
      {onLive !== undefined && (
        <span class="visually-hidden" role="status">
          Playback of the past. This is not live.
        </span>
      )}
      <span class="playback-band__text" aria-hidden="true">
        <strong>
          PLAYBACK <time>{second(playback.atMs)}</time>
        </strong>{" "}
        — not live
        <span class="playback-band__day">{day(playback.atMs)}</span>
      </span>
      {onLive !== undefined && (
        <button class="button button--small" type="button" title="Back to live (P)" onClick={onLive}>
          Back to live
        </button>
      )}
    </div>
  );
}
