/** One physiotherapy session: before it, while it goes on, and afterwards, under one address. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { EmptyState } from "../shared/data-table.tsx";
import { Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { Skeleton } from "../shared/table-rows.tsx";
import { useRecord } from "../shared/use-record.ts";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayMoment } from "../shared/words.ts";
import { Page } from "../shell/page.tsx";
import type { PageProps } from "../shell/routes.tsx";
import { nameOfMotion } from "./joints.ts";
import { LivePart } from "./live-session.tsx";
import { PastSession } from "./past-session.tsx";
import { runs, SessionActions } from "./session-actions.tsx";
import { sessionPath } from "./session-api.ts";
import type { PhysioSession } from "./session-api.ts";
import { NotesCard, PainCard, sayTarget, SessionFacts } from "./session-facts.tsx";

/** How often it is asked whether a session that is not live has begun, or was counted once more. */
const ASK_MS = 5_000;

export function SessionPage({ id }: PageProps): JSX.Element {
  const may = useMay();
  const door = useRecord<PhysioSession>(sessionPath(id));
  const { row, problem } = door;
  useAsking(door);
  const back = may.has("PT") ? { href: "/exercise", label: "My exercises" } : { href: "/physio", label: "Physiotherapy" };
  if (row === null) {
    return (
      <Page title="Session" back={back}>
        {problem === null ? <Skeleton columns={3} /> : <Failure error={problem} onRetry={door.reload} />}
      </Page>
    );
  }
  const joint = row.joint === null ? "Physiotherapy" : nameOfMotion(row.joint, row);
  return (
    <Page
      title={may.has("PT") ? joint : (row.patient?.name ?? "Session")}
      lead={`${may.has("PT") ? "" : `${joint} · `}${sayTarget(row)} · ${sayMoment(row.started_at ?? row.scheduled_at)}`}
      back={back}
      actions={<SessionActions door={door} session={row} />}
    >
      <Course door={door} session={row} />
      <div class="cards">
        <SessionFacts session={row} />
        <PainCard session={row} />
        <NotesCard door={door} session={row} />
      </div>
    </Page>
  );
}

/** A session begins and is counted without this page: what is shown follows. */
function useAsking({ row, reload }: RecordDoor<PhysioSession>): void {
  const waits = row !== null && (row.status === "scheduled" || (row.status === "completed" && row.counted_at === null));
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, ASK_MS);
    return () => clearInterval(timer);
  }, [waits]);
}

function Course({ door, session }: { door: RecordDoor<PhysioSession>; session: PhysioSession }): JSX.Element {
  const may = useMay();
  if (session.status === "in_progress") return <LivePart session={session} onEnded={door.reload} />;
  if (session.status !== "scheduled") {
    return (
      <>
        {session.status === "completed" && session.counted_at === null && (
          <p class="note" role="status">
            <Icon name="refresh" />
            What you see was counted while it went on; it is being counted once more from all that is stored.
          </p>
        )}
        <PastSession session={session} />
      </>
    );
  }
  return (
    <EmptyState
      title="It has not begun"
      text={
        runs(may, session)
          ? "Put the sensor on and press Start: the sensor is told, and its angles appear here at once. A sensor may also begin by itself."
          : "Once it begins, its angles appear here at once."
      }
    />
  );
}
