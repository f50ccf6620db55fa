/** A button behind which a question stands: what it does is done only once that is answered. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Confirm } from "./confirm.tsx";

export interface DeedButtonProps {
  readonly label: ComponentChildren;
  readonly title: string;
  /** What happens then, in words. */
  readonly children: ComponentChildren;
  readonly deed: string;
  readonly stay?: string;
  readonly danger?: boolean;
  readonly typed?: string;
  readonly onConfirm: () => Promise<void>;
}

export function DeedButton({ label, danger = false, ...question }: DeedButtonProps): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        class={`button button--small${danger ? " button--danger-quiet" : ""}`}
        type="button"
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {open && <Confirm {...question} danger={danger} onClose={() => setOpen(false)} />}
    </>
  );
}
