/** How a session stands in a list. */

import { embedded } from "../shared/cells.tsx";
import type { TableColumn } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { sayMoment } from "../shared/words.ts";
import { nameOfMotion } from "./joints.ts";
import type { Target } from "./joints.ts";

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

function targetOf(row: Row): Target {
  return {
    ...{ rest_angle: numberOf(row["rest_angle"]), target_angle: numberOf(row["target_angle"]) },
    target_reps: numberOf(row["target_reps"]),
  };
}

/** "3 → 1"; a dash where nothing was said. */
export function sayPain(before: unknown, after: unknown): string {
  const [first, last] = [numberOf(before), numberOf(after)];
  return first === null && last === null ? "–" : `${first ?? "–"} → ${last ?? "–"}`;
}

export const SESSION_COLUMNS: readonly TableColumn<Row>[] = [
  { name: "scheduled_at", label: "When", sorts: true, cell: (row) => sayMoment(row["started_at"] ?? row["scheduled_at"]) },
  { name: "patient", cell: (row) => embedded(row, "patient") },
  { name: "joint", cell: (row) => (typeof row["joint"] === "string" ? nameOfMotion(row["joint"], targetOf(row)) : "–") },
  { name: "therapist", minor: true, cell: (row) => embedded(row, "therapist") },
  { name: "supervised", label: "Where", minor: true, cell: (row) => (row["supervised"] === true ? "With the therapist" : "At home") },
  { name: "pain", label: "Pain", minor: true, cell: (row) => sayPain(row["pain_before"], row["pain_after"]) },
  { name: "status", cell: (row) => <StatusMark value={row["status"]} /> },
];

/** Of those that are to come, of which nobody can have said how much it hurt. */
export const COMING_COLUMNS = SESSION_COLUMNS.filter(({ name }) => name !== "pain");
