/** One visit: who, when, where, how it stands, and what may be done about it. */

import type { JSX } from "preact";
import { Problem } from "../api.ts";
import { attempt } from "../shared/attempt.ts";
import { embedded } from "../shared/cells.tsx";
import { DeedButton } from "../shared/deed-button.tsx";
import { EditButton } from "../shared/edit-button.tsx";
import { entityOf } from "../shared/entity.ts";
import { change } from "../shared/http.ts";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import type { May } from "../shared/rights.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { Skeleton } from "../shared/table-rows.tsx";
import { toast } from "../shared/toast.tsx";
import { useRecord } from "../shared/use-record.ts";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayMoment, zoneAt } from "../shared/words.ts";
import { Card, Facts, Page } from "../shell/page.tsx";
import type { PageProps } from "../shell/routes.tsx";

const TIME = ["scheduled_at", "duration_min"] as const;

/** What moving a visit along is called. */
const MOVES: Readonly<Record<string, string>> = {
  scheduled: "Confirm",
  arrived: "The patient is here",
  completed: "Completed",
  cancelled: "Cancel the visit…",
  missed: "Did not come",
};

export function AppointmentPage({ id }: PageProps): JSX.Element {
  const door = useRecord<Row>(`/appointments/${id}?embed=patient,doctor,facility`);
  const { row, problem } = door;
  const back = { href: "/appointments", label: "Visits" };
  if (row === null) {
    return (
      <Page title="Visit" back={back}>
        {problem === null ? <Skeleton columns={2} /> : <Failure error={problem} onRetry={door.reload} />}
      </Page>
    );
  }
  return (
    <Page title={`${embedded(row, "patient")} with ${embedded(row, "doctor")}`} lead={sayMoment(row["scheduled_at"])} back={back}>
      <div class="cards">
        <About door={door} row={row} />
        {row["notes"] !== undefined && <Notes door={door} row={row} />}
      </div>
    </Page>
  );
}

/** Doctors see visits of their patients with others, above all after breaking the glass; those are not theirs to change. */
function isTheirs(may: May, row: Row): boolean {
  return !may.has("DR") || row["doctor_id"] === may.user.id;
}

/** What has come to its end keeps its time. */
function isOpen(row: Row): boolean {
  return (entityOf("appointments").moves[String(row["status"])] ?? []).length > 0;
}

function About({ door, row }: { door: RecordDoor<Row>; row: Row }): JSX.Element {
  const may = useMay();
  const patient = String(row["patient_id"]);
  const name = embedded(row, "patient");
  const at = Date.parse(String(row["scheduled_at"]));
  const edit = <EditButton title="Another time" table="appointments" fields={TIME} door={door} row={row} />;
  return (
    <Card title="The visit" actions={isOpen(row) ? edit : undefined}>
      <Facts
        facts={[
          ["When", `${sayMoment(row["scheduled_at"])} (${zoneAt(at)})`],
          ["Minutes", String(row["duration_min"] ?? "–")],
          ["Patient", may.has("PT") ? name : <a href={`/people/${patient}?as=patient`}>{name}</a>],
          ["Doctor", <a key="doctor" href={`/doctors/${String(row["doctor_id"])}`}>{embedded(row, "doctor")}</a>],
          ["Facility", <a key="facility" href={`/facilities/${String(row["facility_id"])}`}>{embedded(row, "facility")}</a>],
          ["Status", <StatusMark key="status" value={row["status"]} />],
        ]}
      />
      <Moves door={door} row={row} />
    </Card>
  );
}

/** The next steps that are open from here; a patient only cancels. */
function Moves({ door, row }: { door: RecordDoor<Row>; row: Row }): JSX.Element | null {
  const may = useMay();
  if (!may.table("appointments").change.includes("status") || !isTheirs(may, row)) return null;
  const open = entityOf("appointments").moves[String(row["status"])] ?? [];
  const moves = may.has("PT") ? open.filter((status) => status === "cancelled") : open;
  const move = async (status: string): Promise<void> => {
    try {
      await change(`/appointments/${row.id}`, { status }, door.etag);
      toast("It is noted.");
    } catch (error) {
      if (error instanceof Problem && error.status === 412) toast("Somebody changed the visit meanwhile: look again.");
      else throw error;
    } finally {
      door.reload();
    }
  };
  return (
    <div class="page__actions">
      {moves.map((status) =>
        status === "cancelled" ? (
          <DeedButton
            key={status}
            label={MOVES[status]}
            title="Cancel this visit?"
            deed="Cancel the visit"
            stay="Keep it"
            danger
            onConfirm={() => move(status)}
          >
            <p>The time is free again. A cancelled visit cannot be brought back; it can only be booked anew.</p>
          </DeedButton>
        ) : (
          <button key={status} class="button button--small" type="button" onClick={() => void attempt(() => move(status))}>
            {MOVES[status] ?? status}
          </button>
        ),
      )}
    </div>
  );
}

function Notes({ door, row }: { door: RecordDoor<Row>; row: Row }): JSX.Element {
  const edit = <EditButton title="Notes" table="appointments" fields={["notes"]} door={door} row={row} />;
  return (
    <Card title="Notes" actions={isTheirs(useMay(), row) ? edit : undefined}>
      {typeof row["notes"] === "string" ? <p class="as-written">{row["notes"]}</p> : <p class="quiet">None yet.</p>}
    </Card>
  );
}
