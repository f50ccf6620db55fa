/** What the board makes of calls, assignments and alerts: the queue in its order, and what each unit does. Pure. */

import type { Alert, Assignment, Call, Policy } from "./shapes.ts";
import { isLive, isOpen, isTaken, rankOf } from "./stages.ts";
import { waitOf } from "./timers.ts";
import type { Wait } from "./timers.ts";

/** A call with everything that belongs to it. */
export interface CallView {
  readonly call: Call;
  /** All there ever were, oldest first. */
  readonly assignments: readonly Assignment[];
  readonly live: readonly Assignment[];
  /** The live one that is furthest; null while nobody is asked. */
  readonly lead: Assignment | null;
  /** What is the matter with it now, the worst first. */
  readonly alerts: readonly Alert[];
  readonly wait: Wait;
}

export type Section = "waiting" | "offered" | "active" | "later" | "closed";

export interface Group {
  readonly section: Section;
  readonly title: string;
  readonly calls: readonly CallView[];
}

/** How long before its time a scheduled call stands among those that wait; as `scheduled_lead_s`. */
const LEAD_S = 900;
/** What has ended stays in sight for so long. */
export const CLOSED_MS = 15 * 60_000;

const TITLES: Readonly<Record<Section, string>> = {
  waiting: "Waiting for a unit",
  offered: "Offered, not answered yet",
  active: "Under way",
  later: "At a later time",
  closed: "Just closed",
};

const SEVERITY: Readonly<Record<string, number>> = { alarm: 0, warning: 1, info: 2 };

/** It stands on the board: it is still so, or an alarm that nobody has acknowledged. */
export function stands(alert: Alert): boolean {
  return alert.resolved_at === null || (alert.severity === "alarm" && alert.acknowledged_at === null);
}

/** The worst first, then the newest. */
export function byWorst(one: Alert, other: Alert): number {
  const severity = (SEVERITY[one.severity] ?? 3) - (SEVERITY[other.severity] ?? 3);
  return severity || other.raised_at.localeCompare(one.raised_at);
}

function sectionOf({ call, lead, wait }: CallView): Section {
  if (!isOpen(call)) return "closed";
  if (lead !== null) return isTaken(lead) ? "active" : "offered";
  return wait.waitedS < -LEAD_S ? "later" : "waiting";
}

function grouped<T>(items: Iterable<T>, keyOf: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export interface Known {
  readonly calls: Iterable<Call>;
  readonly assignments: Iterable<Assignment>;
  readonly alerts: Iterable<Alert>;
  readonly policy: Policy | null;
}

/** Every call with what belongs to it, by id. */
export function viewsOf(known: Known, nowMs: number): Map<string, CallView> {
  const byCall = grouped(known.assignments, ({ request_id }) => request_id);
  const alerts = grouped(known.alerts, (alert) => (alert.resolved_at === null ? alert.request_id : null));
  const views = new Map<string, CallView>();
  for (const call of known.calls) {
    const assignments = (byCall.get(call.id) ?? []).sort((a, b) => a.offered_at.localeCompare(b.offered_at));
    const live = assignments.filter(isLive).sort((a, b) => rankOf(b) - rankOf(a));
    views.set(call.id, {
      call,
      assignments,
      live,
      lead: live[0] ?? null,
      alerts: (alerts.get(call.id) ?? []).sort(byWorst),
      wait: waitOf(call, assignments, known.policy, nowMs),
    });
  }
  return views;
}

/** Most urgent first, then who has waited longest. */
function byUrgency(one: CallView, other: CallView): number {
  return one.call.priority - other.call.priority || other.wait.waitedS - one.wait.waitedS;
}

/** The queue as it stands: its sections in their order, those without a call left out. */
export function queueOf(views: Iterable<CallView>, nowMs: number): readonly Group[] {
  const sections: Record<Section, CallView[]> = { waiting: [], offered: [], active: [], later: [], closed: [] };
  for (const view of views) {
    const section = sectionOf(view);
    const closedMs = view.call.closed_at === null ? nowMs : Date.parse(view.call.closed_at);
    if (section !== "closed" || nowMs - closedMs < CLOSED_MS) sections[section].push(view);
  }
  sections.later.sort((a, b) => b.wait.waitedS - a.wait.waitedS);
  sections.closed.sort((a, b) => (b.call.closed_at ?? "").localeCompare(a.call.closed_at ?? ""));
  for (const section of ["waiting", "offered", "active"] as const) sections[section].sort(byUrgency);
  return (Object.keys(sections) as Section[])
    .filter((section) => sections[section].length > 0)
    .map((section) => ({ section, title: TITLES[section], calls: sections[section] }));
}

/** The live assignment of each unit that has one. */
export function busyUnits(assignments: Iterable<Assignment>): ReadonlyMap<number, Assignment> {
  const busy = new Map<number, Assignment>();
  for (const assignment of assignments) if (isLive(assignment)) busy.set(assignment.ambulance.id, assignment);
  return busy;
}

/** Whether a unit is to be chosen for it: none has it yet, or `reinforced` says that another one is wanted. */
export function wantsUnit({ call, lead }: CallView, reinforced: string | null): boolean {
  return isOpen(call) && (lead === null || !isTaken(lead) || reinforced === call.id);
}

/** What a call is called where there is little room: what has happened, else where or who. */
export function nameOfCall(call: Call): string {
  const told = call.complaint ?? call.location_note ?? call.patient?.name ?? call.caller ?? "";
  const words = told.split("\n", 1)[0]?.trim() || "Nothing said yet"; // below it stands what was said later
  return words.length > 80 ? `${words.slice(0, 78)}…` : words;
}

/** Where it is, in words. */
export function placeOfCall(call: Call): string {
  if (call.location_note !== null && call.location_note !== "") return call.location_note;
  return call.pickup_location === null ? "Place not known yet" : "On the map";
}
