/** The therapist's wall: every session in progress as it moves, and what comes next. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { DataTable, EmptyState } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { Skeleton } from "../shared/table-rows.tsx";
import { Tabs } from "../shared/tabs.tsx";
import { useList } from "../shared/use-list.ts";
import { Page } from "../shell/page.tsx";
import { ScheduleDialog } from "./schedule-dialog.tsx";
import { SESSIONS } from "./session-api.ts";
import type { PhysioSession } from "./session-api.ts";
import { COMING_COLUMNS, SESSION_COLUMNS } from "./session-columns.tsx";
import { WallTiles } from "./wall-tiles.tsx";

/** How often the wall asks who has begun or ended. */
const ASK_MS = 5_000;
const MANY = 200;

export function WallPage(): JSX.Element {
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const [turn, setTurn] = useState(0);
  const list = useList<PhysioSession>(SESSIONS, { status: "in_progress", embed: "patient,therapist" }, MANY);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) list.reload();
    }, ASK_MS);
    return () => clearInterval(timer);
  }, []);
  const add = may.create("physio_sessions") ? (
    <button class="button button--primary" type="button" data-key="n" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      Plan a session
    </button>
  ) : undefined;
  const sessions = list.page?.items ?? [];
  return (
    <Page
      title="Physiotherapy"
      lead={list.page === null ? "Sessions as they happen." : sayHowMany(sessions.length)}
      actions={
        <>
          <a class="button" href="/plans">
            <Icon name="list" />
            Exercise plans
          </a>
          {add}
        </>
      }
    >
      {list.problem !== null && <Failure error={list.problem} onRetry={list.reload} />}
      {list.page === null && list.problem === null && <Skeleton columns={3} />}
      {list.page !== null && sessions.length === 0 && (
        <EmptyState
          title="Nobody is exercising at this moment"
          text="As soon as a session of one of your patients begins, here or at home, it appears here and moves. Sessions that come next stand below."
        />
      )}
      <WallTiles sessions={sessions} onEnded={list.reload} />
      <Others turn={turn} />
      {adding && (
        <ScheduleDialog
          onClose={() => setAdding(false)}
          onPlanned={() => {
            setAdding(false);
            setTurn(turn + 1);
          }}
        />
      )}
    </Page>
  );
}

function sayHowMany(count: number): string {
  return count === 0 ? "Sessions as they happen." : `${count} ${count === 1 ? "session" : "sessions"} in progress.`;
}

const SPANS = [
  { name: "scheduled", label: "Coming" },
  { name: "completed", label: "Completed" },
  { name: "missed", label: "Missed" },
  { name: "cancelled", label: "Cancelled" },
] as const;

/** Those that do not move: what comes, and what was. */
function Others({ turn }: { turn: number }): JSX.Element {
  const [span, setSpan] = useState<string>("scheduled");
  const coming = span === "scheduled";
  return (
    <Tabs label="Sessions" tabs={SPANS} chosen={span} onChoose={setSpan}>
      <DataTable
        key={span}
        label="Sessions"
        path={SESSIONS}
        fixed={{ embed: "patient,therapist", status: span }}
        order={coming ? "scheduled_at" : "-scheduled_at"}
        limit={20}
        turn={turn}
        href={(row: Row) => `/physio/sessions/${row.id}`}
        columns={coming ? COMING_COLUMNS : SESSION_COLUMNS}
        empty={{
          title: coming ? "No session is planned" : "None so far",
          text: "A session is a time in which a patient exercises with a sensor: with you, or at home by a plan.",
        }}
      />
    </Tabs>
  );
}
