/** Exercise plans: whose, for which joint, from when to when. */

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
import { PLANS } from "./plan.ts";
import { PLAN_COLUMNS } from "./plan-columns.tsx";

const FIELDS = ["patient_id", "joint", "start_date", "end_date", "notes"] as const;

/** Here, and not where the browser's clock in UTC is. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export function PlansPage(): JSX.Element {
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const close = (): void => setAdding(false);
  const add = may.create("workout_plans") ? (
    <button class="button button--primary" type="button" data-key="n" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      Make a plan
    </button>
  ) : undefined;
  return (
    <Page
      title="Exercise plans"
      lead="What your patients do at home, by weekday, and how far they have come."
      back={{ href: "/physio", label: "Physiotherapy" }}
      actions={add}
    >
      <DataTable
        label="Exercise plans"
        path={PLANS}
        fixed={{ embed: "patient,doctor" }}
        filters={[filterOf("workout_plans", "status"), filterOf("workout_plans", "patient_id"), filterOf("workout_plans", "joint")]}
        order="-start_date"
        csv
        inAddress
        href={(row: Row) => `/plans/${row.id}`}
        columns={PLAN_COLUMNS}
        empty={{
          title: "No plans yet",
          text: "A plan belongs to a patient and a joint, and says what is to be done on which weekday. It begins as a draft; once it is active, the patient sees what is due.",
          action: add,
        }}
      />
      {adding && (
        <Dialog title="Make a plan" onClose={close}>
          <RecordForm
            table="workout_plans"
            row={null}
            fields={FIELDS}
            labels={{ start_date: "First day", end_date: "Last day", notes: "What to look out for" }}
            given={{ start_date: today() }}
            deed="Make the draft"
            onCancel={close}
            onSaved={(row) => {
              close();
              toast("The draft is there: now add exercises.");
              void navigate(`/plans/${row.id}`);
            }}
          />
        </Dialog>
      )}
    </Page>
  );
}
