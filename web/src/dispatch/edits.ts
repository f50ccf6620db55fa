/** A call as a form holds it, and what of it has changed; moments as `datetime-local` writes them. Pure. */

import type { CallWords } from "./board-api.ts";
import { newDraft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import type { Call } from "./shapes.ts";

const two = (value: number): string => String(value).padStart(2, "0");

/** As `datetime-local` writes it, with seconds; empty for none. */
export function toLocalSeconds(iso: string | null): string {
  if (iso === null) return "";
  const at = new Date(iso);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** ISO 8601 in UTC; null for what is empty or no moment. */
export function fromLocalSeconds(text: string): string | null {
  const at = new Date(text);
  return text === "" || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

export function draftOf(call: Call): Draft {
  return {
    ...newDraft(),
    caller: call.caller ?? "",
    callback: call.callback_number ?? "",
    patientId: call.patient?.id ?? null,
    complaint: call.complaint ?? "",
    priority: call.priority,
    needs: call.needs ?? "",
    note: call.location_note ?? "",
    place: call.pickup_location,
    facilityId: call.destination_facility?.id ?? null,
    destination: call.destination ?? "",
    scheduledFor: toLocalSeconds(call.scheduled_for).slice(0, 16),
  };
}

/** The words of the API by the names of the draft. */
const NAMES: readonly (readonly [keyof Draft, keyof CallWords])[] = [
  ["caller", "caller"],
  ["callback", "callback_number"],
  ["patientId", "patient_id"],
  ["complaint", "complaint"],
  ["priority", "priority"],
  ["needs", "needs"],
  ["note", "location_note"],
  ["place", "pickup_location"],
  ["facilityId", "destination_facility_id"],
  ["destination", "destination"],
  ["scheduledFor", "scheduled_for"],
];

function sent(name: keyof Draft, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (value.trim() === "") return null;
  return name === "scheduledFor" ? new Date(value).toISOString() : value.trim();
}

/** What is sent: the fields that are others than before, null where they were emptied. */
export function changesOf(before: Draft, after: Draft): CallWords {
  const changed = NAMES.filter(([name]) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map(([name, word]) => [word, sent(name, after[name])]));
}
