/** What is said when the hub says no, or nothing. */

import type { JSX } from "preact";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";

/** A refusal in words that say what to do next. Throws what is not a refusal: that is a mistake in the page. */
export function explainProblem(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  const { status } = error;
  if (status === 0) return "The hub cannot be reached. Check the network, then try again.";
  if (status === 401) return "Your session has ended: sign in again.";
  if (status === 404) return "It is not there, or not for your eyes.";
  if (status === 429) return `Too much at once: wait ${error.retryAfterS ?? 10} seconds, then try again.`;
  if (status === 503) return "The hub is starting or its database is away. Try again in a moment.";
  const words = error.detail || (status === 403 ? "your account may not do that" : error.title);
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");
}

export interface FailureProps {
  readonly error: Problem;
  readonly onRetry?: (() => void) | undefined;
}

export function Failure({ error, onRetry }: FailureProps): JSX.Element {
  return (
    <div class="failure failure--page" role="alert">
      <Icon name="warning" />
      <span>{explainProblem(error)}</span>
      {onRetry !== undefined && error.status !== 403 && error.status !== 404 && (
        <button class="button button--small" type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
