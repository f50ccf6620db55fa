/** What is asked of a person who is added, by what they will be. */

import { columnOf } from "../shared/entity.ts";
import type { EntityColumn } from "../shared/entity.ts";
import type { May } from "../shared/rights.ts";

export type Kind = "patient" | "receptionist" | "staff_admin" | "doctor" | "admin";

export const KINDS: Readonly<Record<Kind, string>> = {
  patient: "Patient",
  receptionist: "Front desk",
  staff_admin: "Administrator of a facility",
  doctor: "Doctor or therapist",
  admin: "Administrator of the platform",
};

/** Whom this person may add. */
export function kindsOf(may: May): readonly Kind[] {
  if (may.has("AD")) return ["patient", "receptionist", "staff_admin", "doctor", "admin"];
  if (may.has("SA")) return ["patient", "receptionist"];
  return may.has("RC") ? ["patient"] : [];
}

/** A declared column, asked for here under these terms. */
function asked(table: string, name: string, create: "may" | "must"): readonly EntityColumn[] {
  const column = columnOf(table, name);
  return column === null ? [] : [{ ...column, create }];
}

const fields = (table: string, ...names: readonly string[]): readonly EntityColumn[] =>
  names.flatMap((name) => asked(table, name, "may"));

export function columnsFor(kind: Kind, may: May): readonly EntityColumn[] {
  const person = [
    ...asked("users", "name", "must"),
    ...asked("users", "email", kind === "patient" ? "may" : "must"),
    ...asked("users", "phone", "may"),
  ];
  if (kind === "patient") return [...person, ...fields("patients", "date_of_birth", "gender", "blood_type", "address")];
  if (kind === "doctor") return [...person, ...fields("doctors", "specialization", "license_number", "years_experience")];
  if (kind === "admin") return person;
  // whoever adds staff to their own facility does not choose it
  return [...person, ...(may.has("AD") ? asked("staff", "facility_id", "must") : []), ...fields("staff", "duty")];
}

const PERSON = ["name", "email", "phone"];

/** The body of POST /users. */
export function bodyFor(kind: Kind, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const of = (mine: boolean): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => PERSON.includes(name) === mine));
  if (kind === "patient") return { ...of(true), role: "patient", patient: of(false) };
  if (kind === "doctor") return { ...of(true), role: "doctor", doctor: of(false) };
  if (kind === "admin") return { ...of(true), role: "admin" };
  const role = kind === "receptionist" ? "receptionist" : "admin";
  return { ...of(true), role: "staff", staff: { ...of(false), role } };
}
