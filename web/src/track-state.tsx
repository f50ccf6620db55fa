/** What is said while the past is being read, and when it cannot be. */

import type { JSX } from "preact";
import type { Problem } from "./api.ts";
import { Icon } from "./icons.tsx";
import type { Progress } from "./track-history.ts";
import type { Range } from "./track-range.ts";
import { duration } from "./track-time.ts";

/** `progress` is null in the instant before the reading begins. */
export function TrackLoading({ progress, range }: { progress: Progress | null; range: Range }): JSX.Element {
  const length = duration((range.toMs - range.fromMs) / 1000);
  const parts = progress !== null && progress.of > 1 ? progress : null;
  return (
    <div class="loading">
      <progress value={parts?.done} max={parts?.of} aria-label="Reading the track" />
      <span role="status">
        Reading {length}
        {parts !== null && ` – part ${parts.done + 1} of ${parts.of}`}…
      </span>
    </div>
  );
}

/** Why there is nothing to see, as the person needs it who has to act on it. */
export function explain(problem: Problem): string {
  if (problem.status === 401) return "Your session has ended: sign in again.";
  if (problem.status === 403) return "Your account may not read where ambulances were.";
  if (problem.status === 404) return "This ambulance is not there any more.";
  if (problem.status === 0) return "The hub cannot be reached.";
  if (problem.status === 429) return "Too many reads at once: wait a little.";
  return problem.message;
}

/** Whether asking again can help. */
export function mayRetry(problem: Problem): boolean {
  return problem.status === 0 || problem.status === 429 || problem.status >= 500;
}

export function TrackFailure({ problem, onRetry }: { problem: Problem; onRetry: () => void }): JSX.Element {
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <span>{explain(problem)}</span>
      {mayRetry(problem) && (
        <button class="button button--small" type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
