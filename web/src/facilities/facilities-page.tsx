/** Clinics and hospitals: the list, and the way to add one. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { DataTable } from "../shared/data-table.tsx";
import { Dialog } from "../shared/dialog.tsx";
import type { Row } from "../shared/http.ts";
import { RecordForm } from "../shared/record-form.tsx";
import { useMay } from "../shared/rights.ts";
import { navigate } from "../shared/router.ts";
import { filterOf } from "../shared/table-controls.tsx";
import { toast } from "../shared/toast.tsx";
import { Page } from "../shell/page.tsx";

export const FACILITY_FIELDS = ["name", "type", "phone", "address", "time_zone", "location"] as const;

export const FACILITY_HINTS: Readonly<Record<string, string>> = {
  type: "Clinics see outpatients only; hospitals also take ambulances.",
  time_zone: "Weekly schedules and local days are read in it. For example Asia/Kolkata",
};

export function FacilitiesPage(): JSX.Element {
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const add = may.create("facilities") ? (
    <button class="button button--primary" type="button" data-key="n" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      Add a facility
    </button>
  ) : undefined;
  return (
    <Page title="Facilities" lead="Where patients are seen, and where ambulances bring them." actions={add}>
      <DataTable
        label="Facilities"
        path="/facilities"
        search="Search by name or address"
        filters={[filterOf("facilities", "type")]}
        order="name"
        csv
        inAddress
        href={(row: Row) => `/facilities/${row.id}`}
        columns={[
          { name: "name", sorts: true },
          { name: "type" },
          { name: "phone" },
          { name: "address", minor: true },
          { name: "time_zone", minor: true, cell: (row) => String(row["time_zone"] ?? "–") },
        ]}
        empty={{
          title: "No facilities yet",
          text: "Clinics and hospitals come first: staff belong to one, doctors work at some, and visits take place there.",
          action: add,
        }}
      />
      {adding && (
        <Dialog title="Add a facility" onClose={() => setAdding(false)}>
          <RecordForm
            table="facilities"
            row={null}
            fields={FACILITY_FIELDS}
            hints={FACILITY_HINTS}
            given={{ time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }}
            deed="Add"
            onCancel={() => setAdding(false)}
            onSaved={(row) => {
              setAdding(false);
              toast(`${String(row["name"])} is added.`);
              void navigate(`/facilities/${row.id}`);
            }}
          />
        </Dialog>
      )}
    </Page>
  );
}
