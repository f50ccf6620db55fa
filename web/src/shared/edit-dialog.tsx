/** A record's form in a window: its change is shown at once, and can be taken back for a while. */

import type { JSX } from "preact";
import { Problem } from "../api.ts";
import { Dialog } from "./dialog.tsx";
import { change } from "./http.ts";
import type { Row } from "./http.ts";
import { explainProblem } from "./problems.tsx";
import { RecordForm } from "./record-form.tsx";
import type { RecordFormProps } from "./record-form.tsx";
import { toast } from "./toast.tsx";
import type { RecordDoor } from "./use-record.ts";

export interface EditDialogProps extends Pick<RecordFormProps, "table" | "fields" | "labels" | "hints" | "choices"> {
  readonly title: string;
  readonly door: RecordDoor<Row>;
  readonly row: Row;
  readonly onClose: () => void;
}

export function EditDialog({ title, door, row, onClose, ...form }: EditDialogProps): JSX.Element {
  const undo = async (before: Readonly<Record<string, unknown>>, etag: string | null): Promise<void> => {
    try {
      await change<Row>(`/${form.table}/${row.id}`, before, etag);
      toast("It is as it was.");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      toast(`Not taken back. ${explainProblem(error)}`);
    }
    door.reload();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <RecordForm
        {...form}
        row={row}
        etag={door.etag}
        onCancel={onClose}
        onSaved={(_, etag, before) => {
          // what came along with the row, such as names, is not in the answer
          door.reload();
          onClose();
          // a status goes forward only
          toast("Saved.", "status" in before ? null : () => void undo(before, etag));
        }}
      />
    </Dialog>
  );
}
