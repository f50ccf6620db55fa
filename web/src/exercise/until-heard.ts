/** Says something to the hub until it answers: a phone on the mat loses its network now and then. */

import { Problem } from "../api.ts";

const AGAIN_MS = 3_000;

/** Whether trying again helps: nobody answered, or the hub asked for patience. */
export function isAway(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}

/** After a while, or as soon as the network is back. */
function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      done();
    };
    const timer = setTimeout(end, waitMs);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}

/** Do `deed` until the hub has answered it; `onWaiting` hears that it has to be tried again. Throws what the hub refuses. */
export async function untilHeard<T>(deed: () => Promise<T>, onWaiting: () => void, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await deed();
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error;
      onWaiting();
      await pause(((error as Problem).retryAfterS ?? 0) * 1_000 || AGAIN_MS, signal);
      if (signal.aborted) throw error;
    }
  }
}
