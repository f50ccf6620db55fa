/** What is known of an open call, corrected or completed; only what was changed is sent. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PlaceValue } from "../shared/field-values.ts";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { changeCall } from "./board-api.ts";
import type { CallWords } from "./board-api.ts";
import { CallFields, TextField } from "./call-fields.tsx";
import { newDraft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { FormWindow } from "./form-window.tsx";
import { toLocalSeconds } from "./moment-field.tsx";
import type { CallView } from "./picture.ts";
import type { Call } from "./shapes.ts";

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

export interface EditWindowProps {
  readonly desk: BoardDesk;
  readonly view: CallView;
  /** Pointed at on the map. */
  readonly place: PlaceValue | null;
  readonly onClose: () => void;
}

export function EditWindow({ desk, view, place, onClose }: EditWindowProps): JSX.Element {
  const { call } = view;
  const [before] = useState(() => draftOf(call));
  const [written, setWritten] = useState(place === null ? before : { ...before, place });
  const [notes, setNotes] = useState(call.notes ?? "");
  const changes: CallWords = {
    ...changesOf(before, written),
    ...(notes === (call.notes ?? "") ? {} : { notes: notes.trim() === "" ? null : notes }),
  };
  const submit = async (): Promise<void> => {
    if (Object.keys(changes).length === 0) return;
    await changeCall(call.id, changes);
    toast("The call is changed, and whoever has it is told.");
  };
  return (
    <FormWindow title="Edit the call" deed="Save" size="large" onSubmit={submit} onClose={onClose}>
      <CallFields desk={desk} written={written} onChange={(change) => setWritten((one) => ({ ...one, ...change }))} inWindow />
      <TextField label="Notes" value={notes} maxLength={10_000} lines={3} onValue={setNotes} />
    </FormWindow>
  );
}
