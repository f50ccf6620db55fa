/** How a session stands in a list. */

import { embedded } from "../shared/cells.tsx";
import type { TableColumn } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { sayMoment } from "../shared/words.ts";
import { nameOfJoint } from "./joints.ts";

const pain = (value: unknown): string => (typeof value === "number" ? String(value) : "–");

export const SESSION_COLUMNS: readonly TableColumn<Row>[] = [
  { name: "scheduled_at", label: "When", sorts: true, cell: (row) => sayMoment(row["started_at"] ?? row["scheduled_at"]) },
  { name: "patient", cell: (row) => embedded(row, "patient") },
  { name: "joint", cell: (row) => (typeof row["joint"] === "string" ? nameOfJoint(row["joint"]) : "–") },
  { name: "therapist", minor: true, cell: (row) => embedded(row, "therapist") },
  { name: "supervised", label: "Where", minor: true, cell: (row) => (row["supervised"] === true ? "With the therapist" : "At home") },
  { name: "pain", label: "Pain", minor: true, cell: (row) => `${pain(row["pain_before"])} → ${pain(row["pain_after"])}` },
  { name: "status", cell: (row) => <StatusMark value={row["status"]} /> },
];
