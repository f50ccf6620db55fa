/** The audit log, for administrators: by patient, by person, by time, and what was denied. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { DataTable } from "../shared/data-table.tsx";
import { Dialog } from "../shared/dialog.tsx";
import type { Row } from "../shared/http.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { filterOf } from "../shared/table-controls.tsx";
import { sayMoment, sayValue } from "../shared/words.ts";
import { Facts, Page } from "../shell/page.tsx";
import { sayAction } from "./actions.ts";

/** Who did it: the person's name where it was one, else what it was. */
export function sayActor(row: Row): string {
  const { actor, actor_kind: kind, actor_id: id } = row as Row & { actor?: { name?: string | null } | null };
  if (typeof actor?.name === "string") return actor.name;
  if (kind === "device") return `Device ${String(id ?? "")}`;
  if (kind === "system") return "The hub itself";
  return kind === "anonymous" ? "Somebody unknown" : String(id ?? "–");
}

function patientOf(row: Row): { readonly id: string; readonly name: string } | null {
  const patient = row["patient"] as { id?: string | null; name?: string | null } | null | undefined;
  return typeof patient?.id === "string" ? { id: patient.id, name: patient.name ?? "–" } : null;
}

export function AuditPage(): JSX.Element {
  const [open, setOpen] = useState<Row | null>(null);
  return (
    <Page
      title="Audit log"
      lead={
        <>
          Who did what, who looked at whose record, and what was refused. Its entries are sealed, and{" "}
          <code>arogya audit verify</code> on the hub's machine finds any change.
        </>
      }
    >
      <DataTable
        label="Entries of the audit log"
        path="/audit_log"
        fixed={{ embed: "patient,actor" }}
        filters={[
          { ...filterOf("audit_log", "patient_id"), references: "users" },
          { name: "actor_id", label: "Person", references: "users" },
          filterOf("audit_log", "outcome"),
          filterOf("audit_log", "at"),
        ]}
        order="-at"
        csv
        inAddress
        onOpen={setOpen}
        columns={[
          { name: "at", sorts: true },
          { name: "actor_id", label: "Who", cell: sayActor },
          { name: "action", label: "What", cell: (row) => sayAction(row["action"]) },
          { name: "patient_id", label: "Patient", cell: (row) => patientOf(row)?.name ?? "–" },
          { name: "outcome", cell: (row) => <StatusMark value={row["outcome"]} /> },
          { name: "network", label: "From", minor: true },
        ]}
        empty={{
          title: "Nothing is in the log yet",
          text: "Sign-ins, looks at patients' records, changes and refusals will be here.",
        }}
      />
      {open !== null && <Entry row={open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function Entry({ row, onClose }: { row: Row; onClose: () => void }): JSX.Element {
  const patient = patientOf(row);
  const detail = row["detail"];
  const text = (name: string): ComponentChildren => {
    const value = row[name];
    return value === null || value === undefined ? undefined : <code>{String(value)}</code>;
  };
  const actor = row["actor_kind"] === "user" && typeof row["actor_id"] === "string" ? row["actor_id"] : null;
  return (
    <Dialog title={sayAction(row["action"])} onClose={onClose}>
      <Facts
        facts={[
          ["When", sayMoment(row["at"])],
          ["Who", actor === null ? sayActor(row) : <a href={`/people/${actor}?as=user`}>{sayActor(row)}</a>],
          ["Patient", patient === null ? undefined : <a href={`/people/${patient.id}?as=user`}>{patient.name}</a>],
          ["Outcome", <StatusMark key="outcome" value={row["outcome"]} />],
          ["Reason given", (row["reason"] as string | null) ?? undefined],
          ["Action", text("action")],
          ["Record", <code key="record">{`${String(row["entity"])} ${String(row["entity_id"] ?? "")}`}</code>],
          ["From", text("network")],
          ["Request", text("request_id")],
          ["Sign-in", text("session_id")],
          ...detailsOf(detail),
        ]}
      />
      <p class="page__actions">
        {actor !== null && (
          <a class="button button--small" href={`/audit?actor_id=${actor}`} onClick={onClose}>
            Everything this person did
          </a>
        )}
        {patient !== null && (
          <a class="button button--small" href={`/audit?patient_id=${patient.id}`} onClick={onClose}>
            Everything about this patient
          </a>
        )}
      </p>
    </Dialog>
  );
}

/** What changed, a line each. */
function detailsOf(detail: unknown): readonly (readonly [string, ComponentChildren])[] {
  if (typeof detail !== "object" || detail === null) return [];
  return Object.entries(detail).map(([name, value]) => [
    sayValue(name),
    Array.isArray(value) ? value.join(", ") : typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
}
