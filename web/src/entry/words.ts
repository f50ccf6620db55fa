/** Refusals on the way in, in words that say what to do next. */

import { Problem } from "../api.ts";
import { explainProblem } from "../shared/problems.tsx";

/** What went wrong on the way in, where a 401 is about what was typed; throws what is no refusal. */
export function explain(error: unknown): string {
  if (error instanceof Problem && error.status === 401) {
    return "This email and password do not match. Check both and try again.";
  }
  if (error instanceof Problem && error.status === 429) {
    const wait = error.retryAfterS === null ? "a minute" : `${error.retryAfterS} seconds`;
    return `Too many attempts. Wait ${wait}, then try again.`;
  }
  return explainProblem(error);
}
