/** The lists of people. */

import type { ComponentChildren, JSX } from "preact";
import { embedded, TwoLines } from "../shared/cells.tsx";
import { DataTable } from "../shared/data-table.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import type { May } from "../shared/rights.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { filterOf } from "../shared/table-controls.tsx";
import { labelOf, sayDay, sayValue } from "../shared/words.ts";

export interface PeopleTableProps {
  readonly turn: number;
  /** How somebody gets into the list. */
  readonly action: ComponentChildren;
  /** Only those of this facility. */
  readonly facility?: string;
}

/** Whole years; null where the day of birth is not known. */
export function ageOf(birth: unknown, nowMs: number = Date.now()): number | null {
  if (typeof birth !== "string") return null;
  const [born, now] = [new Date(`${birth}T00:00:00`), new Date(nowMs)];
  const before = now.getMonth() * 32 + now.getDate() < born.getMonth() * 32 + born.getDate();
  return now.getFullYear() - born.getFullYear() - (before ? 1 : 0);
}

export function sayBirth(birth: unknown): string {
  const age = ageOf(birth);
  return age === null ? "–" : `${sayDay(birth)} (${age})`;
}

/** Who gets into the list of patients, for those whose list is empty. */
function whyNone(may: May): string {
  if (may.has("AD")) {
    return "A record opens to administrators only for a stated reason, for an hour at most: look for it on an account.";
  }
  if (may.has("DR")) {
    return "Those with a visit, a therapy session or a plan of yours are here. “Emergency access” opens other records.";
  }
  if (may.has("DP", "SV")) return "Search for a patient by name or telephone number.";
  return "Patients are here once they have a visit, a request or a payment at your facility. Newcomers are added first.";
}

export function PatientsTable({ turn, action }: PeopleTableProps): JSX.Element {
  const may = useMay();
  const fields = may.table("patients").fields;
  return (
    <DataTable
      label="Patients"
      path="/patients"
      search="Search by name or phone"
      order="name"
      csv
      inAddress
      turn={turn}
      href={(row: Row) => `/people/${row.id}?as=patient`}
      columns={[
        { name: "name", sorts: true },
        { name: "phone" },
        { name: "date_of_birth", label: "Born (age)", sorts: true, cell: (row) => sayBirth(row["date_of_birth"]) },
        { name: "gender", minor: true },
        ...(fields.includes("blood_type") ? [{ name: "blood_type", label: labelOf("blood_type"), minor: true }] : []),
      ]}
      empty={{ title: "No patients to show", text: whyNone(may), action: may.has("DP", "SV", "AD") ? undefined : action }}
    />
  );
}

export function StaffTable({ turn, action, facility }: PeopleTableProps): JSX.Element {
  const may = useMay();
  const everywhere = may.has("AD") && facility === undefined;
  const full = may.table("staff").fields.includes("phone");
  return (
    <DataTable
      label="Staff"
      path="/staff"
      search="Search by name"
      filters={(everywhere ? ["role", "duty", "facility_id"] : ["role", "duty"]).map((name) => filterOf("staff", name))}
      fixed={{ embed: "facility", ...(facility === undefined ? {} : { facility_id: facility }) }}
      order="name"
      csv={facility === undefined}
      inAddress={facility === undefined}
      turn={turn}
      href={(row: Row) => `/people/${row.id}?as=staff`}
      columns={[
        { name: "name", sorts: true, cell: (row) => <TwoLines first={row["name"]} second={row["email"]} /> },
        { name: "role", cell: (row) => sayStaffRole(row["role"]) },
        { name: "duty" },
        ...(facility === undefined ? [{ name: "facility", cell: (row: Row) => embedded(row, "facility") }] : []),
        ...(full ? [{ name: "phone", minor: true }] : []),
      ]}
      empty={{ title: "Nobody works here yet", text: "People at the desks, and those who lead the ambulances.", action }}
    />
  );
}

export function AccountsTable({ turn, action }: PeopleTableProps): JSX.Element {
  return (
    <DataTable
      label="Accounts"
      path="/users"
      search="Search by name, email or phone"
      filters={[filterOf("users", "role"), { ...filterOf("users", "created_at"), label: "Added" }]}
      order="name"
      csv
      inAddress
      turn={turn}
      href={(row: Row) => (row["role"] === "doctor" ? `/doctors/${row.id}` : `/people/${row.id}?as=user`)}
      columns={[
        { name: "name", sorts: true, cell: (row) => <TwoLines first={row["name"]} second={row["email"]} /> },
        { name: "role", cell: (row) => sayValue(String(row["role"])) },
        { name: "phone", minor: true },
        { name: "state", label: "May sign in", cell: (row) => <AccountState row={row} /> },
        { name: "created_at", sorts: true, minor: true, cell: (row) => sayDay(row["created_at"]) },
      ]}
      empty={{ title: "Nobody yet", text: "Everybody who can sign in is listed here.", action }}
    />
  );
}

export function AccountState({ row }: { row: Row }): JSX.Element {
  if (typeof row["disabled_at"] === "string") return <StatusMark value="disabled" words="Stopped" />;
  if (row["email"] === null) return <StatusMark value="cancelled" words="No email" />;
  return <StatusMark value="active" words="Yes" />;
}

export function sayStaffRole(role: unknown): string {
  return role === "admin" ? "Administrator" : role === "receptionist" ? "Front desk" : "–";
}
