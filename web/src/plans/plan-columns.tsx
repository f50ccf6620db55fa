/** How a plan stands in a list. */

import { nameOfJoint } from "../physio/joints.ts";
import { embedded } from "../shared/cells.tsx";
import type { TableColumn } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { sayDay } from "../shared/words.ts";

export const PLAN_COLUMNS: readonly TableColumn<Row>[] = [
  { name: "patient", cell: (row) => embedded(row, "patient") },
  { name: "joint", cell: (row) => nameOfJoint(String(row["joint"])) },
  { name: "start_date", label: "From", sorts: true, cell: (row) => sayDay(row["start_date"]) },
  { name: "end_date", label: "Until", cell: (row) => (row["end_date"] === null ? "Open" : sayDay(row["end_date"])) },
  { name: "doctor", label: "Made by", minor: true, cell: (row) => embedded(row, "doctor") },
  { name: "status", cell: (row) => <StatusMark value={row["status"]} /> },
];
