/** How a visit stands in a list. */

import { embedded } from "../shared/cells.tsx";
import type { TableColumn } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { sayMoment } from "../shared/words.ts";

export const VISIT_COLUMNS: readonly TableColumn<Row>[] = [
  { name: "scheduled_at", label: "When", sorts: true, cell: (row) => sayMoment(row["scheduled_at"]) },
  { name: "patient", cell: (row) => embedded(row, "patient") },
  { name: "doctor", cell: (row) => embedded(row, "doctor") },
  { name: "facility", minor: true, cell: (row) => embedded(row, "facility") },
  { name: "duration_min", label: "Minutes", minor: true },
  { name: "status", cell: (row) => <StatusMark value={row["status"]} /> },
];
