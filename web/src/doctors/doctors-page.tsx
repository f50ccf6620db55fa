/** Doctors and therapists. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { InviteDialog } from "../people/invite-dialog.tsx";
import { TwoLines } from "../shared/cells.tsx";
import { DataTable } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { Page } from "../shell/page.tsx";

export function DoctorsPage(): JSX.Element {
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const [turn, setTurn] = useState(0);
  const full = may.table("doctors").fields.includes("license_number");
  const add = may.has("AD") ? (
    <button class="button button--primary" type="button" data-key="n" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      Add a doctor
    </button>
  ) : undefined;
  return (
    <Page title="Doctors" lead="Who treats patients, where, and at which hours." actions={add}>
      <DataTable
        label="Doctors"
        path="/doctors"
        search="Search by name or speciality"
        order="name"
        csv={!may.has("PT")}
        inAddress
        turn={turn}
        href={(row: Row) => `/doctors/${row.id}`}
        columns={[
          { name: "name", sorts: true, cell: (row) => <TwoLines first={row["name"]} second={row["email"]} /> },
          { name: "specialization", cell: (row) => String(row["specialization"] ?? "–") },
          { name: "years_experience", label: "Years", sorts: true },
          ...(full ? [{ name: "license_number", label: "Licence", minor: true }] : []),
        ]}
        empty={{
          title: "No doctors yet",
          text: "A doctor has an account, works at one facility or more, and has weekly hours there.",
          action: add,
        }}
      />
      {adding && <InviteDialog first="doctor" onClose={() => setAdding(false)} onAdded={() => setTurn(turn + 1)} />}
    </Page>
  );
}
