/** One doctor: about them, where they work, and their weekly hours. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { WorkLinks } from "../facilities/work-links.tsx";
import { EditButton } from "../shared/edit-button.tsx";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { Skeleton } from "../shared/table-rows.tsx";
import { useRecord } from "../shared/use-record.ts";
import { Card, Facts, Page } from "../shell/page.tsx";
import type { PageProps } from "../shell/routes.tsx";
import { Schedule } from "./schedule.tsx";

const FIELDS = ["specialization", "license_number", "years_experience"] as const;

export function DoctorPage({ id }: PageProps): JSX.Element {
  const may = useMay();
  const door = useRecord<Row>(`/doctors/${id}`);
  const [turn, setTurn] = useState(0);
  const { row, problem } = door;
  const back = { href: "/doctors", label: "Doctors" };
  if (row === null) {
    return (
      <Page title="Doctor" back={back}>
        {problem === null ? <Skeleton columns={2} /> : <Failure error={problem} onRetry={door.reload} />}
      </Page>
    );
  }
  const name = String(row["name"]);
  const optional = (field: string): string | null | undefined => row[field] as string | null | undefined;
  const years = row["years_experience"];
  // a doctor changes only themselves
  const editable = may.has("AD") || may.user.id === id;
  return (
    <Page title={name} lead={optional("specialization") ?? "Doctor"} back={back} actions={<More id={id} />}>
      <div class="cards">
        <Card
          title="About"
          actions={editable && <EditButton title={name} table="doctors" fields={FIELDS} door={door} row={row} />}
        >
          <Facts
            facts={[
              ["Speciality", optional("specialization")],
              ["Experience", typeof years === "number" ? `${years} ${years === 1 ? "year" : "years"}` : null],
              ["Licence", optional("license_number")],
              ["Email", optional("email")],
              ["Phone", optional("phone")],
            ]}
          />
        </Card>
        {may.read("doctor_facilities") && <WorkLinks of="doctor" id={id} onChanged={() => setTurn(turn + 1)} />}
      </div>
      {may.read("doctor_schedules") && <Schedule doctor={id} turn={turn} />}
    </Page>
  );
}

/** Where the rest about them is. */
function More({ id }: { id: string }): JSX.Element {
  const may = useMay();
  return (
    <>
      {may.has("AD") && (
        <a class="button" href={`/people/${id}?as=user`}>
          Account
        </a>
      )}
      {may.read("appointments") && !may.has("AD") && (
        <a class="button" href={may.user.id === id ? "/appointments" : `/appointments?doctor_id=${id}`}>
          Visits
        </a>
      )}
    </>
  );
}
