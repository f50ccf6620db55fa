/** The sessions that belong to a plan. */

import type { JSX } from "preact";
import { nameOfJoint } from "../physio/joints.ts";
import { SESSIONS } from "../physio/session-api.ts";
import { DataTable } from "../shared/data-table.tsx";
import type { TableColumn } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { sayMoment } from "../shared/words.ts";
import { Card } from "../shell/page.tsx";
import type { Plan } from "./plan.ts";

const pain = (value: unknown): string => (typeof value === "number" ? String(value) : "–");

const COLUMNS: readonly TableColumn<Row>[] = [
  { name: "scheduled_at", label: "When", sorts: true, cell: (row) => sayMoment(row["started_at"] ?? row["scheduled_at"]) },
  { name: "joint", minor: true, cell: (row) => (typeof row["joint"] === "string" ? nameOfJoint(row["joint"]) : "–") },
  { name: "supervised", label: "Where", minor: true, cell: (row) => (row["supervised"] === true ? "With the therapist" : "At home") },
  { name: "pain", label: "Pain", cell: (row) => `${pain(row["pain_before"])} → ${pain(row["pain_after"])}` },
  { name: "status", cell: (row) => <StatusMark value={row["status"]} /> },
];

export function PlanSessions({ plan }: { plan: Plan }): JSX.Element | null {
  const may = useMay();
  if (!may.read("physio_sessions")) return null;
  return (
    <Card title="Sessions">
      <DataTable
        label="Sessions of the plan"
        path={SESSIONS}
        fixed={{ plan_id: plan.id }}
        order="-scheduled_at"
        limit={10}
        href={(row: Row) => `/physio/sessions/${row.id}`}
        columns={COLUMNS}
        empty={{ title: "No session yet", text: "Each time the patient exercises by this plan with a sensor, it appears here." }}
      />
    </Card>
  );
}
