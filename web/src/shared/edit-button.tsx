/** Opens a record's form; not there for those who may change nothing of it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import type { EditDialogProps } from "./edit-dialog.tsx";
import { useMay } from "./rights.ts";

export type EditButtonProps = Omit<EditDialogProps, "onClose">;

export function EditButton(props: EditButtonProps): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const writable = useMay().table(props.table).change;
  if (!(props.fields ?? writable).some((name) => writable.includes(name))) return null;
  return (
    <>
      <button class="button button--small" type="button" onClick={() => setOpen(true)}>
        <Icon name="edit" />
        Change
      </button>
      {open && <EditDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}
