/** The stages of a call as a crew says them, in their order. */

import type { Stage } from "@arogya/client";

export type At = "accepted" | Stage;

export const STAGES: readonly Stage[] = ["en_route", "on_scene", "transporting", "at_destination", "cleared"];

/** On the button that says it, and once it is said. */
export const STAGE_WORDS: Readonly<Record<At, { readonly deed: string; readonly state: string }>> = {
  accepted: { deed: "Accept", state: "Accepted" },
  en_route: { deed: "On our way", state: "On the way" },
  on_scene: { deed: "At the scene", state: "At the scene" },
  transporting: { deed: "Leaving with the patient", state: "Transporting" },
  at_destination: { deed: "At the hospital", state: "At the hospital" },
  cleared: { deed: "Clear: ready for the next call", state: "Cleared" },
};

const ALL: readonly string[] = ["accepted", ...STAGES];

/** Whether a status of an assignment is a stage that a crew is at. */
export function isAt(status: string | undefined): status is At {
  return status !== undefined && ALL.includes(status);
}

/** The further one of the crew's own stage and the one that the hub knows. */
export function furtherOf(own: At, known: string | undefined): At {
  return isAt(known) && ALL.indexOf(known) > ALL.indexOf(own) ? known : own;
}

/** What may follow a stage, the usual one first: a stage may be passed over, nothing goes back. */
export function nextStages(at: At): readonly Stage[] {
  const later = STAGES.slice(at === "accepted" ? 0 : STAGES.indexOf(at) + 1);
  // whoever reached nobody is not cleared: that is for a dispatcher to cancel
  return at === "accepted" || at === "en_route" ? later.filter((stage) => stage !== "cleared") : later;
}

/** The reasons that a crew taps; whatever else is typed. */
export const DECLINE_REASONS: readonly string[] = [
  "The vehicle is out of order",
  "No crew, or the shift has ended",
  "Something is missing on board",
  "With another patient",
  "The road is blocked",
  "Too far away",
];
