/** The sessions that belong to a plan. */

import type { JSX } from "preact";
import { SESSIONS } from "../physio/session-api.ts";
import { SESSION_COLUMNS } from "../physio/session-columns.tsx";
import { DataTable } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { Card } from "../shell/page.tsx";
import type { Plan } from "./plan.ts";

const COLUMNS = SESSION_COLUMNS.filter(({ name }) => name !== "patient");

export function PlanSessions({ plan }: { plan: Plan }): JSX.Element | null {
  const may = useMay();
  if (!may.read("physio_sessions")) return null;
  return (
    <Card title="Sessions">
      <DataTable
        label="Sessions of the plan"
        path={SESSIONS}
        fixed={{ plan_id: plan.id, embed: "therapist" }}
        order="-scheduled_at"
        limit={10}
        href={(row: Row) => `/physio/sessions/${row.id}`}
        columns={COLUMNS}
        empty={{ title: "No session yet", text: "Each time the patient exercises by this plan with a sensor, it appears here." }}
      />
    </Card>
  );
}
