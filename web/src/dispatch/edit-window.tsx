/** What is known of an open call, corrected or completed; only what was changed is sent. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PlaceValue } from "../shared/field-values.ts";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { changeCall } from "./board-api.ts";
import type { CallWords } from "./board-api.ts";
import { CallFields, TextField } from "./call-fields.tsx";
import { changesOf, draftOf } from "./edits.ts";
import { FormWindow } from "./form-window.tsx";
import type { CallView } from "./picture.ts";

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
