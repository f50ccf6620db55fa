/** On a patient's page: their exercise plans and their sessions. */

import type { JSX } from "preact";
import { SESSIONS } from "../physio/session-api.ts";
import { SESSION_COLUMNS } from "../physio/session-columns.tsx";
import { DataTable } from "../shared/data-table.tsx";
import type { TableColumn } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { Card } from "../shell/page.tsx";
import { PLANS } from "./plan.ts";
import { PLAN_COLUMNS } from "./plan-columns.tsx";

const others = (columns: readonly TableColumn<Row>[]): readonly TableColumn<Row>[] =>
  columns.filter(({ name }) => name !== "patient");

export function PatientPhysio({ id }: { id: string }): JSX.Element {
  const may = useMay();
  return (
    <>
      {may.read("workout_plans") && (
        <Card title="Exercise plans">
          <DataTable
            label="Exercise plans"
            path={PLANS}
            fixed={{ patient_id: id, embed: "doctor" }}
            order="-start_date"
            limit={10}
            href={(row: Row) => `/plans/${row.id}`}
            columns={others(PLAN_COLUMNS)}
            empty={{ title: "No plans", text: "None was made, as far as you may see them." }}
          />
        </Card>
      )}
      {may.read("joint_motion_logs") && (
        <Card title="Physiotherapy">
          <DataTable
            label="Physiotherapy sessions"
            path={SESSIONS}
            fixed={{ patient_id: id, embed: "therapist" }}
            order="-scheduled_at"
            limit={10}
            href={(row: Row) => `/physio/sessions/${row.id}`}
            columns={others(SESSION_COLUMNS)}
            empty={{ title: "No sessions", text: "Neither planned nor past, as far as you may see them." }}
          />
        </Card>
      )}
    </>
  );
}
