/** Physiotherapy as a front desk sees it: when it is, and planning it; not what it is about. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { DataTable } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import type { May } from "../shared/rights.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { sayMoment } from "../shared/words.ts";
import { ScheduleDialog } from "./schedule-dialog.tsx";
import { SESSIONS } from "./session-api.ts";

/** Whoever books for others and has no page of their own for it. */
export function plansAtDesk(may: May): boolean {
  return may.has("RC", "SA") && may.create("physio_sessions");
}

export function DeskSessions(): JSX.Element {
  const [adding, setAdding] = useState(false);
  const [turn, setTurn] = useState(0);
  const add = (
    <button class="button button--primary" type="button" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      Plan a session
    </button>
  );
  return (
    <>
      <div class="page__actions">{add}</div>
      <DataTable
        label="Physiotherapy sessions"
        path={SESSIONS}
        fixed={{ status: "scheduled" }}
        order="scheduled_at"
        limit={20}
        turn={turn}
        columns={[
          { name: "scheduled_at", label: "When", sorts: true, cell: (row: Row) => sayMoment(row["scheduled_at"]) },
          { name: "duration_min", label: "Minutes" },
          { name: "status", cell: (row: Row) => <StatusMark value={row["status"]} /> },
        ]}
        empty={{
          title: "No session is planned",
          text: "A session is a time in which a patient exercises with a therapist. Who it is and what for stays between the two.",
        }}
      />
      {adding && (
        <ScheduleDialog
          onClose={() => setAdding(false)}
          onPlanned={() => {
            setAdding(false);
            setTurn(turn + 1);
          }}
        />
      )}
    </>
  );
}
