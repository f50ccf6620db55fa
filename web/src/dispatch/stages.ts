/** The stages of an assignment in their order, what they are called, and which may follow: as hub/dispatch/assignment.py. */

import type { Assignment } from "./shapes.ts";

export const STAGES = ["offered", "accepted", "en_route", "on_scene", "transporting", "at_destination", "cleared"] as const;
export type Stage = (typeof STAGES)[number];

const LIVE: ReadonlySet<string> = new Set(STAGES.slice(0, -1));
const CLOSED: ReadonlySet<string> = new Set(["completed", "cancelled", "duplicate"]);

const WORDS: Readonly<Record<string, string>> = {
  offered: "Offered",
  accepted: "Accepted",
  en_route: "On the way",
  on_scene: "At the scene",
  transporting: "To the hospital",
  at_destination: "At the hospital",
  cleared: "Back in service",
  declined: "Declined",
  expired: "Not answered",
  cancelled: "Cancelled",
  diverted: "Diverted",
  received: "New",
  queued: "Waiting",
  assigned: "On the way",
  completed: "Done",
  duplicate: "Duplicate",
};

export function sayStage(stage: string): string {
  return WORDS[stage] ?? stage.replaceAll("_", " ");
}

export function isLive(assignment: Pick<Assignment, "status">): boolean {
  return LIVE.has(assignment.status);
}

/** A unit has it: an offer is none yet. */
export function isTaken(assignment: Pick<Assignment, "status">): boolean {
  return isLive(assignment) && assignment.status !== "offered";
}

export function isOpen(call: { readonly status: string }): boolean {
  return !CLOSED.has(call.status);
}

/** How far it is, to compare with others. */
export function rankOf(assignment: Pick<Assignment, "status">): number {
  return STAGES.indexOf(assignment.status as Stage);
}

/** The stages that may be entered by radio from here, the next one first. */
export function stagesAfter(status: string): readonly string[] {
  if (status === "offered") return ["accepted", "declined"];
  if (!LIVE.has(status)) return [];
  const later: readonly string[] = STAGES.slice(STAGES.indexOf(status as Stage) + 1);
  // before the scene there is nobody to be cleared from: that is a cancellation
  return status === "accepted" || status === "en_route" ? later.filter((stage) => stage !== "cleared") : later;
}

/** When it came to a stage; null for one that it has not reached, or passed over. */
export function timeOf(assignment: Assignment, stage: string): string | null {
  const at: unknown = (assignment as unknown as Readonly<Record<string, unknown>>)[`${stage}_at`];
  return typeof at === "string" ? at : null;
}

/** What fixes said of a stage before the crew did. */
export function noticedOf(assignment: Assignment, stage: string): string | null {
  if (stage === "on_scene") return assignment.scene_noticed_at;
  if (stage === "transporting") return assignment.left_noticed_at;
  return stage === "at_destination" ? assignment.destination_noticed_at : null;
}
