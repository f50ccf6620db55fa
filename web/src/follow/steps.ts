/** How far a call is, in the words of those who wait for it. Pure. */

export interface Step {
  readonly status: string;
  readonly title: string;
  readonly words: string;
}

export const STEPS: readonly Step[] = [
  { status: "received", title: "We have your call", words: "An ambulance is being chosen for you." },
  { status: "assigned", title: "An ambulance is on its way", words: "Stay where you are, and keep your phone free." },
  { status: "on_scene", title: "The ambulance is with you", words: "The crew is there." },
  { status: "transporting", title: "On the way to the hospital", words: "The crew looks after you." },
  { status: "at_destination", title: "At the hospital", words: "You are being handed over." },
  { status: "completed", title: "Done", words: "This call is over. We wish you well." },
];

const ENDS: Readonly<Record<string, Step>> = {
  cancelled: { status: "cancelled", title: "Cancelled", words: "No ambulance comes for this call. Call again if you need one." },
  duplicate: { status: "duplicate", title: "Joined with another call", words: "Somebody called for the same place: help comes by that call." },
};
const OPEN: ReadonlySet<string> = new Set(["received", "queued", "assigned", "on_scene", "transporting", "at_destination"]);

export function isOpen(status: string): boolean {
  return OPEN.has(status);
}

/** Where a call stands among `STEPS`; -1 for one that ended otherwise. */
export function placeOf(status: string): number {
  return STEPS.findIndex((step) => step.status === (status === "queued" ? "received" : status));
}

export function stepOf(status: string): Step {
  return ENDS[status] ?? STEPS[Math.max(0, placeOf(status))] ?? { status, title: status, words: "" };
}

/** How long until the ambulance is there; null without a time, or once it is there. */
export function sayEta(etaAt: string | null, status: string, nowMs: number): string | null {
  if (etaAt === null || status !== "assigned") return null;
  const seconds = (Date.parse(etaAt) - nowMs) / 1000;
  if (seconds < -60) return "a little later than expected";
  if (seconds < 45) return "any moment now";
  const minutes = Math.round(seconds / 60);
  return minutes <= 1 ? "in about a minute" : `in about ${minutes} minutes`;
}
