/** What there is to see of a patient, and their visits. */

import type { JSX } from "preact";
import { DataTable } from "../shared/data-table.tsx";
import { EditButton } from "../shared/edit-button.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayValue } from "../shared/words.ts";
import { Card, Facts } from "../shell/page.tsx";
import { VISIT_COLUMNS } from "../appointments/visit-columns.tsx";
import { sayBirth } from "./people-tables.tsx";

const FIELDS = ["date_of_birth", "gender", "blood_type", "address"] as const;

export function PatientCard({ door, row }: { door: RecordDoor<Row>; row: Row }): JSX.Element {
  const may = useMay();
  const text = (name: string): string | null | undefined => {
    const value = row[name];
    return value === undefined ? undefined : value === null ? null : String(value);
  };
  return (
    <Card
      title="About the patient"
      actions={<EditButton title="About the patient" table="patients" fields={FIELDS} door={door} row={row} />}
    >
      <Facts
        facts={[
          ["Phone", typeof row["phone"] === "string" ? <a href={`tel:${row["phone"]}`}>{row["phone"]}</a> : text("phone")],
          ["Born (age)", row["date_of_birth"] === undefined ? undefined : sayBirth(row["date_of_birth"])],
          ["Gender", typeof row["gender"] === "string" ? sayValue(row["gender"]) : text("gender")],
          ["Blood group", text("blood_type")],
          ["Address", text("address")],
          ["Record number", <code key="id">{String(row.id)}</code>],
        ]}
      />
      {may.has("AD") && (
        <p>
          <a href={`/audit?patient_id=${row.id}`}>Who looked at this record</a>
        </p>
      )}
    </Card>
  );
}

export function PatientVisits({ id }: { id: string }): JSX.Element {
  return (
    <Card title="Visits">
      <DataTable
        label="Visits"
        path="/appointments"
        fixed={{ patient_id: id, embed: "doctor,facility" }}
        order="-scheduled_at"
        limit={10}
        href={(row: Row) => `/appointments/${row.id}`}
        columns={VISIT_COLUMNS.filter(({ name }) => name !== "patient")}
        empty={{ title: "No visits", text: "Neither booked nor past, as far as you may see them." }}
      />
    </Card>
  );
}
