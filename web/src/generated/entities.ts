// Written by web/generate.py (`make web-types`): do not edit.

/** One field of a record. */
export interface EntityColumn {
  readonly name: string;
  readonly kind: "text" | "integer" | "bigint" | "number" | "money" | "boolean" | "key" | "date" | "time" | "moment" | "place" | "texts" | "document";
  readonly about: string;
  readonly nullable: boolean;
  readonly create: "no" | "may" | "must";
  readonly change: boolean;
  readonly choices: readonly string[];
  /** Of a number; of a text its length in characters. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly pattern: string | null;
  /** The table whose id it holds. */
  readonly references: string | null;
  readonly example: unknown;
}

/** What is declared about a table. */
export interface Entity {
  readonly name: string;
  readonly singular: string;
  readonly about: string;
  readonly columns: readonly EntityColumn[];
  readonly filters: readonly { readonly column: string; readonly span: boolean }[];
  readonly sorts: readonly { readonly column: string; readonly descends: boolean }[];
  readonly searchable: boolean;
  readonly embeds: readonly string[];
  /** Status by status, where a change may take it. */
  readonly moves: Readonly<Record<string, readonly string[]>>;
}

type Tables = Readonly<Record<string, Entity>>;

/** Every table of the records API, as it is declared. */
export const ENTITIES = {
  facilities: {
    name: "facilities",
    singular: "a facility",
    about: "Clinics and hospitals.",
    columns: [
      {"name": "id", "kind": "key", "about": "The facility.", "nullable": false, "create": "no", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
      {"name": "name", "kind": "text", "about": "What it is called.", "nullable": false, "create": "must", "change": true, "choices": [], "minimum": 1, "maximum": 200, "pattern": null, "references": null, "example": null},
      {"name": "type", "kind": "text", "about": "clinic: outpatients only. hospital: also takes ambulances.", "nullable": false, "create": "must", "change": true, "choices": ["clinic", "hospital"], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
      {"name": "address", "kind": "text", "about": "Postal address.", "nullable": true, "create": "may", "change": true, "choices": [], "minimum": null, "maximum": 500, "pattern": null, "references": null, "example": null},
      {"name": "phone", "kind": "text", "about": "Number of its desk.", "nullable": true, "create": "may", "change": true, "choices": [], "minimum": null, "maximum": 40, "pattern": null, "references": null, "example": "+91 20 5550 1000"},
      {"name": "time_zone", "kind": "text", "about": "IANA name; weekly schedules and local days are read in it.", "nullable": false, "create": "may", "change": true, "choices": [], "minimum": null, "maximum": 64, "pattern": null, "references": null, "example": "Asia/Kolkata"},
      {"name": "location", "kind": "place", "about": "Where it is.", "nullable": true, "create": "may", "change": true, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
      {"name": "created_at", "kind": "moment", "about": "When it was added.", "nullable": false, "create": "no", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
    ],
    filters: [{"column": "type", "span": false}],
    sorts: [{"column": "name", "descends": false}, {"column": "created_at", "descends": false}],
    searchable: true,
    embeds: [],
    moves: {},
  },
  appointments: {
    name: "appointments",
    singular: "an appointment",
    about: "Booked times of a patient with a doctor; nobody is booked twice at once.",
    columns: [
      {"name": "id", "kind": "key", "about": "The appointment.", "nullable": false, "create": "no", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
      {"name": "patient_id", "kind": "key", "about": "Who comes.", "nullable": false, "create": "must", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": "patients", "example": null},
      {"name": "doctor_id", "kind": "key", "about": "To whom.", "nullable": false, "create": "must", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": "doctors", "example": null},
      {"name": "facility_id", "kind": "key", "about": "Where.", "nullable": false, "create": "must", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": "facilities", "example": null},
      {"name": "scheduled_at", "kind": "moment", "about": "When it begins.", "nullable": false, "create": "must", "change": true, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
      {"name": "duration_min", "kind": "integer", "about": "How many minutes it takes.", "nullable": false, "create": "may", "change": true, "choices": [], "minimum": 5, "maximum": 720, "pattern": null, "references": null, "example": 30},
      {"name": "status", "kind": "text", "about": "Where it stands.", "nullable": false, "create": "no", "change": true, "choices": ["requested", "scheduled", "arrived", "completed", "cancelled", "missed"], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
      {"name": "notes", "kind": "text", "about": "Clinical text: never shown to reception.", "nullable": true, "create": "no", "change": true, "choices": [], "minimum": null, "maximum": 10000, "pattern": null, "references": null, "example": null},
      {"name": "version", "kind": "integer", "about": "Raised by every change.", "nullable": false, "create": "no", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
      {"name": "created_at", "kind": "moment", "about": "When it was booked.", "nullable": false, "create": "no", "change": false, "choices": [], "minimum": null, "maximum": null, "pattern": null, "references": null, "example": null},
    ],
    filters: [{"column": "patient_id", "span": false}, {"column": "doctor_id", "span": false}, {"column": "facility_id", "span": false}, {"column": "status", "span": false}, {"column": "scheduled_at", "span": true}],
    sorts: [{"column": "scheduled_at", "descends": true}, {"column": "created_at", "descends": false}],
    searchable: false,
    embeds: ["patient", "doctor", "facility"],
    moves: {"requested": ["scheduled", "cancelled"], "scheduled": ["arrived", "completed", "cancelled", "missed"], "arrived": ["completed", "cancelled"]},
  },
} as const satisfies Tables;

export type EntityName = keyof typeof ENTITIES;
