/** The shift report's names, and the times that are asked for most. Pure. */

export type { PriorityReport, ReportInterval as Interval, ShiftReport } from "../generated/api.ts";

const NAMES: Readonly<Record<string, string>> = {
  response: "Response: call to first unit at the scene",
  chute: "Chute: notified to on the way",
  travel: "Travel: on the way to the scene",
  scene: "At the scene",
  transport: "Transport: scene to hospital",
  call_to_arrival: "Call to arrival at the hospital",
};

export function sayInterval(name: string): string {
  return NAMES[name] ?? name.replaceAll("_", " ");
}

export type SpanName = "shift" | "today" | "yesterday" | "week";

export const SPANS: readonly { readonly name: SpanName; readonly label: string }[] = [
  { name: "shift", label: "Last 12 hours" },
  { name: "today", label: "Today" },
  { name: "yesterday", label: "Yesterday" },
  { name: "week", label: "Last 7 days" },
];

const HOUR_MS = 3_600_000;

/** From when to when, ISO 8601; days begin at midnight here, however long they are. */
export function spanOf(name: SpanName, nowMs: number): { readonly since: string; readonly until: string } {
  const now = new Date(nowMs);
  const midnight = (daysAgo: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo);
  const spans: Readonly<Record<SpanName, readonly [Date, Date]>> = {
    shift: [new Date(nowMs - 12 * HOUR_MS), now],
    today: [midnight(0), now],
    yesterday: [midnight(1), midnight(0)],
    week: [midnight(6), now],
  };
  const [since, until] = spans[name];
  return { since: since.toISOString(), until: until.toISOString() };
}
