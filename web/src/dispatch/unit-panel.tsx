/** The chosen unit: what it does, what can be done with it, and the conversation with its crew. */

import type { JSX } from "preact";
import { FreshnessBadge } from "../freshness-badge.tsx";
import type { Row } from "../fleet-store.ts";
import { Icon, StatusIcon } from "../icons.tsx";
import { attempt } from "../shared/attempt.ts";
import { toast } from "../shared/toast.tsx";
import { Facts } from "../shell/page.tsx";
import { AssignmentCard } from "./assignment-card.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { setDuty } from "./board-api.ts";
import { showCall } from "./deeds.ts";
import { PriorityMark } from "./marks.tsx";
import { nameOfCall } from "./picture.ts";
import type { Assignment } from "./shapes.ts";
import { CrewTalk } from "./talks.tsx";

export function UnitPanel({ desk, id }: { desk: BoardDesk; id: number }): JSX.Element {
  const row = desk.store.row(id);
  const assignment = desk.busy.get(id);
  return (
    <section class="board-panel" aria-label="The chosen unit" data-unit={id}>
      <header class="board-panel__head">
        {row !== null && <StatusIcon status={row.status} freshness={row.freshness} />}
        <h2>{row?.unit.plateNumber ?? "A unit that is not here any more"}</h2>
        <button class="icon-button" type="button" aria-label="Close the unit" title="Close (Esc)" onClick={() => desk.onPanel(null)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="board-panel__body">
        {row !== null && (
          <>
            <Facts
              facts={[
                ["Status", row.status.label],
                ["Driver", row.unit.driverName],
                ["Position", <FreshnessBadge row={row} />],
              ]}
            />
            {assignment === undefined ? <Free desk={desk} row={row} /> : <Busy desk={desk} assignment={assignment} />}
            <h3>Messages</h3>
            <CrewTalk desk={desk} ambulance={id} />
          </>
        )}
      </div>
    </section>
  );
}

function Busy({ desk, assignment }: { desk: BoardDesk; assignment: Assignment }): JSX.Element | null {
  const view = desk.views.get(assignment.request_id);
  if (view === undefined) return null;
  return (
    <>
      <button class="unit-call" type="button" onClick={() => showCall(desk, view.call.id)}>
        <PriorityMark priority={view.call.priority} />
        <span>{nameOfCall(view.call)}</span>
      </button>
      <AssignmentCard desk={desk} view={view} assignment={assignment} />
    </>
  );
}

function Free({ desk, row }: { desk: BoardDesk; row: Row }): JSX.Element | null {
  const { unit, status } = row;
  const waiting = desk.groups.find(({ section }) => section === "waiting")?.calls ?? [];
  const next = status.code === "out_of_service" ? "available" : "out_of_service";
  const duty = async (): Promise<void> => {
    const set = (to: string): Promise<unknown> => setDuty(unit.id, to);
    const done = await attempt(() => set(next));
    const words = next === "available" ? "is back in service" : "is out of service";
    if (done) toast(`${unit.plateNumber} ${words}.`, () => void attempt(() => set(status.code)));
  };
  return (
    <>
      {status.code === "available" && waiting.length > 0 && (
        <section class="unit-offers" aria-label="Waiting calls">
          <h3>Offer it a call</h3>
          {waiting.map((view) => (
            <button
              key={view.call.id}
              class="unit-call"
              type="button"
              onClick={() => desk.onWindow({ kind: "overrule", view, unit: unit.id, decision: null })}
            >
              <PriorityMark priority={view.call.priority} />
              <span>{nameOfCall(view.call)}</span>
              <b>Offer…</b>
            </button>
          ))}
        </section>
      )}
      {(status.code === "available" || status.code === "out_of_service") && (
        <button class="button button--small unit-duty" type="button" onClick={() => void duty()}>
          {next === "available" ? "Back in service" : "Take out of service"}
        </button>
      )}
    </>
  );
}
