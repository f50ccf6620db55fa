/** One person: their account, where they work, or their record, as far as the person who looks may see it. */

import type { JSX } from "preact";
import type { Problem } from "../api.ts";
import { PatientPhysio } from "../plans/patient-physio.tsx";
import { EmptyState } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import type { May } from "../shared/rights.ts";
import { useMay } from "../shared/rights.ts";
import { useWhereabouts } from "../shared/router.ts";
import { Skeleton } from "../shared/table-rows.tsx";
import { useRecord } from "../shared/use-record.ts";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayValue } from "../shared/words.ts";
import { Page } from "../shell/page.tsx";
import type { PageProps } from "../shell/routes.tsx";
import { AccountCard } from "./account-card.tsx";
import { OpenClosedRecord } from "./closed-record.tsx";
import { PatientCard, PatientVisits } from "./patient-cards.tsx";
import { SessionsOf } from "./sessions-of.tsx";
import { StaffCard } from "./staff-card.tsx";

/** As what somebody is looked at: the lists say it, and it spares the audit log questions that are refused anyway. */
type Aspect = "user" | "patient" | "staff";

function aspectOf(query: string, may: May): Aspect {
  const asked = new URLSearchParams(query).get("as");
  if (asked === "user" || asked === "patient" || asked === "staff") return asked;
  return may.has("AD") ? "user" : "patient";
}

/** What there is to see of somebody; only what may be seen is asked for. */
function usePerson(id: string, aspect: Aspect, may: May): Readonly<Record<Aspect, RecordDoor<Row>>> {
  const user = useRecord(aspect === "user" || may.has("AD") ? `/users/${id}` : null);
  const role = user.row?.["role"];
  // to administrators it opens for a reason, and then they come by it
  const patient = useRecord(aspect === "patient" ? `/patients/${id}` : null);
  const staff = useRecord(aspect === "staff" || role === "staff" ? `/staff/${id}?embed=facility` : null);
  return { user, patient, staff };
}

export function PersonPage({ id }: PageProps): JSX.Element {
  const may = useMay();
  const { query } = useWhereabouts();
  const aspect = aspectOf(query, may);
  const { user, patient, staff } = usePerson(id, aspect, may);
  const row = user.row ?? patient.row ?? staff.row;
  const back = { href: "/people", label: "People" };
  if (row === null) {
    const main = { user, patient, staff }[aspect];
    return (
      <Page title="Person" back={back}>
        {main.loading ? <Skeleton columns={2} /> : <Unseen id={id} problem={main.problem} onOpen={patient.reload} />}
      </Page>
    );
  }
  const name = String(row["name"] ?? "Somebody");
  const role = typeof user.row?.["role"] === "string" ? user.row["role"] : patient.row !== null ? "patient" : "staff";
  return (
    <Page title={name} lead={sayValue(role)} back={back}>
      <div class="cards">
        {user.row !== null && may.has("AD") && <AccountCard door={user} row={user.row} />}
        {patient.row !== null && <PatientCard door={patient} row={patient.row} />}
        {staff.row !== null && <StaffCard door={staff} row={staff.row} />}
        {may.has("AD") && role === "patient" && patient.row === null && (
          <OpenClosedRecord patient={{ id, name }} />
        )}
        {may.has("AD") && <SessionsOf id={id} />}
      </div>
      {patient.row !== null && may.read("appointments") && <PatientVisits id={id} />}
      {patient.row !== null && <PatientPhysio id={id} />}
    </Page>
  );
}

function Unseen({ id, problem, onOpen }: { id: string; problem: Problem | null; onOpen: () => void }): JSX.Element {
  const may = useMay();
  if (problem !== null && problem.status !== 404) return <Failure error={problem} onRetry={onOpen} />;
  if (may.has("DR", "AD") && may.act("break_glass.C")) {
    return (
      <div class="cards">
        <OpenClosedRecord patient={{ id, name: "This person" }} onOpen={onOpen} />
      </div>
    );
  }
  return (
    <EmptyState
      title="Nobody is here, or nobody for your eyes"
      text="Patients are seen by those who treat them, and by the desk of a facility that they come to."
    />
  );
}
