/** The session has ended: the page stays, somebody signs in again over it, and everything is asked for once more. */

import { onSessionEnd } from "../api.ts";
import { Observable, useObserved } from "../shared/observable.ts";

const ended = new Observable(false);
const renewals = new Observable(0);

onSessionEnd(() => ended.set(true));

export function useSessionEnded(): boolean {
  return useObserved(ended);
}

/** For those who learn of it by other ways than a refused request. */
export function sessionHasEnded(): void {
  ended.set(true);
}

/** Somebody has signed in again: what failed is tried again. */
export function sessionIsBack(): void {
  ended.set(false);
  renewals.set(renewals.value + 1);
}

/** Nobody is to be asked to come back: the person has left. */
export function sessionIsOver(): void {
  ended.set(false);
}

/** How often somebody has come back; what has read something reads it again when it changes. */
export function useRenewals(): number {
  return useObserved(renewals);
}
