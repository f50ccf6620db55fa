/** A call that is being taken: kept while the dispatcher looks at something else, and gone with the page. */

import type { PlaceValue } from "../shared/field-values.ts";
import { newKey } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { CallWords } from "./board-api.ts";

export interface Draft {
  readonly caller: string;
  readonly callback: string;
  readonly patientId: string | null;
  readonly complaint: string;
  readonly priority: number;
  readonly needs: string;
  readonly note: string;
  readonly place: PlaceValue | null;
  readonly facilityId: string | null;
  readonly destination: string;
  /** As `datetime-local` writes it; empty for at once. */
  readonly scheduledFor: string;
  /** The same call again is the same call, however often it is sent. */
  readonly key: string;
}

export function newDraft(): Draft {
  const words = { caller: "", callback: "", complaint: "", needs: "", note: "", destination: "", scheduledFor: "" };
  return { ...words, patientId: null, priority: 1, place: null, facilityId: null, key: newKey() };
}

export const draft = new Observable<Draft>(newDraft());

/** Another deed from now on: what was changed may not be taken for what was sent before. */
export function changeDraft(change: Partial<Draft>): void {
  draft.set({ ...draft.value, ...change, key: newKey() });
}

export function clearDraft(): void {
  draft.set(newDraft());
}

/** Whether anything has been typed. */
export function isBegun({ caller, callback, complaint, note, patientId, place }: Draft): boolean {
  return [caller, callback, complaint, note].some((text) => text.trim() !== "") || patientId !== null || place !== null;
}

const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

/** What the hub is sent: only what is known. */
export function wordsOf(one: Draft): CallWords {
  const known: Record<string, unknown> = {
    caller: orNull(one.caller),
    callback_number: orNull(one.callback),
    patient_id: one.patientId,
    complaint: orNull(one.complaint),
    location_note: orNull(one.note),
    pickup_location: one.place,
    destination: orNull(one.destination),
    destination_facility_id: one.facilityId,
    needs: orNull(one.needs),
    scheduled_for: one.scheduledFor === "" ? null : new Date(one.scheduledFor).toISOString(),
  };
  const words = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null));
  return { ...words, priority: one.priority };
}

const NUMBER = /^[0-9+()/. -]*$/;

/** What is missing or wrong, in words that say what to do; null when the call can be taken. */
export function complaintOfDraft(one: Draft): string | null {
  if (!NUMBER.test(one.callback.trim())) return "The callback number has digits, spaces and + ( ) / . - only.";
  if (one.place === null && one.note.trim() === "") return "Say where: search an address, pick it on the map, or write it down.";
  const nobody = one.callback.trim() === "" && one.caller.trim() === "" && one.patientId === null;
  return nobody ? "Write down who calls, or the number to call back." : null;
}
