/** Visits: of the patient, the doctor or the facility, whoever looks. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { TIME_ZONE } from "../format.ts";
import { Icon } from "../icons.tsx";
import { DeskSessions, plansAtDesk } from "../physio/desk-sessions.tsx";
import { DataTable } from "../shared/data-table.tsx";
import { Dialog } from "../shared/dialog.tsx";
import type { Row } from "../shared/http.ts";
import { useObserved } from "../shared/observable.ts";
import { RecordForm } from "../shared/record-form.tsx";
import { useMay } from "../shared/rights.ts";
import { navigate } from "../shared/router.ts";
import { Tabs } from "../shared/tabs.tsx";
import { filterOf } from "../shared/table-controls.tsx";
import { toast } from "../shared/toast.tsx";
import { sayMoment } from "../shared/words.ts";
import { Page } from "../shell/page.tsx";
import { booking } from "./booking.ts";
import { VISIT_COLUMNS } from "./visit-columns.tsx";

const FIELDS = ["patient_id", "doctor_id", "facility_id", "scheduled_at", "duration_min"] as const;

const SPANS = [
  { name: "coming", label: "Today and coming" },
  { name: "past", label: "Before today" },
  { name: "all", label: "All" },
] as const;
type Span = (typeof SPANS)[number]["name"] | "physio";

/** What is asked for in each tab: whoever works with visits begins with today's. */
function asked(span: Span): { readonly fixed: Readonly<Record<string, string>>; readonly order: string } {
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  const at = today.toISOString();
  if (span === "coming") return { fixed: { scheduled_at_from: at }, order: "scheduled_at" };
  return { fixed: span === "past" ? { scheduled_at_until: at } : {}, order: "-scheduled_at" };
}

export function AppointmentsPage(): JSX.Element {
  const [span, setSpan] = useState<Span>("coming");
  const may = useMay();
  const patient = useObserved(booking);
  const [adding, setAdding] = useState(patient !== null);
  const close = (): void => {
    booking.set(null);
    setAdding(false);
  };
  const own = may.has("PT") ? "patient" : may.has("DR") ? "doctor" : null;
  const add = may.create("appointments") ? (
    <button class="button button--primary" type="button" data-key="n" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      Book a visit
    </button>
  ) : undefined;
  const tabs = plansAtDesk(may) ? [...SPANS, { name: "physio", label: "Physiotherapy" } as const] : SPANS;
  const others = (["patient_id", "doctor_id"] as const).filter((name) => name !== `${own}_id`);
  return (
    <Page title={own === "patient" ? "My visits" : "Visits"} lead={`Times are yours (${TIME_ZONE}).`} actions={add}>
      <Tabs label="When" tabs={tabs} chosen={span} onChoose={(name) => setSpan(name as Span)}>
        {span === "physio" ? (
          <DeskSessions />
        ) : (
          <DataTable
            key={span}
            label="Visits"
            path="/appointments"
            fixed={{ embed: "patient,doctor,facility", ...asked(span).fixed }}
            filters={[
              filterOf("appointments", "status"),
              ...others.map((name) => filterOf("appointments", name)),
              ...(span === "all" ? [filterOf("appointments", "scheduled_at", "When")] : []),
            ]}
            order={asked(span).order}
            csv
            inAddress
            href={(row: Row) => `/appointments/${row.id}`}
            columns={VISIT_COLUMNS.filter(({ name }) => name !== own)}
            empty={{
              title: span === "coming" ? "No visits are coming" : "No visits",
              text: "A visit is a time of a patient with a doctor at a facility; nobody is booked twice at once.",
              action: add,
            }}
          />
        )}
      </Tabs>
      {adding && (
        <Dialog title={patient === null ? "Book a visit" : `Book a visit for ${patient.name}`} onClose={close}>
          <RecordForm
            table="appointments"
            row={null}
            fields={patient === null ? FIELDS : FIELDS.filter((name) => name !== "patient_id")}
            fixed={patient === null ? {} : { patient_id: patient.id }}
            given={{ duration_min: "30" }}
            deed="Book"
            onCancel={close}
            onSaved={(row) => {
              close();
              toast(`Booked for ${sayMoment(row["scheduled_at"])}.`);
              void navigate(`/appointments/${row.id}`);
            }}
          />
        </Dialog>
      )}
    </Page>
  );
}
