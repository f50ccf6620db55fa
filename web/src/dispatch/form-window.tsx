/** A window with a form: a refusal is shown in it, and it stays until the hub has taken what is written. */

import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { explainProblem } from "../shared/problems.tsx";

export interface FormWindowProps {
  readonly title: string;
  readonly deed: string;
  readonly size?: "small" | "medium" | "large";
  readonly children: ComponentChildren;
  /** What is missing, in words; null when it can be sent. */
  readonly missing?: string | null;
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
}

export function FormWindow({ title, deed, size = "medium", children, missing = null, onSubmit, onClose }: FormWindowProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const form = useId();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (missing !== null) return setError(missing);
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
      onClose();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setError(explainProblem(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      size={size}
      busy={busy}
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" disabled={busy} onClick={onClose}>
            Back
          </button>
          <button class="button button--primary" type="submit" form={form} disabled={busy}>
            {deed}
          </button>
        </>
      }
    >
      <form
        id={form}
        class="form"
        onSubmit={(event) => void submit(event)}
        onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && void submit(event)}
      >
        {children}
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
      </form>
    </Dialog>
  );
}
