/** Asks before something is done that is hard to undo. */

import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "./dialog.tsx";
import { explainProblem } from "./problems.tsx";

export interface ConfirmProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button says: the deed itself, not "OK". */
  readonly deed: string;
  /** What the button beside it says, where "Cancel" could be taken for the deed. */
  readonly stay?: string;
  readonly danger?: boolean;
  /** What has to be typed first, for what cannot be undone at all. */
  readonly typed?: string;
  /** Does it; a refusal is shown here, and everything else closes the window. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

export function Confirm(props: ConfirmProps): JSX.Element {
  const { title, children, deed, stay = "Cancel", danger = false, typed, onConfirm, onClose } = props;
  const [written, setWritten] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const form = useId();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setError(explainProblem(problem));
      setBusy(false);
    }
  };
  const ready = typed === undefined || written.trim() === typed;
  return (
    <Dialog
      title={title}
      size="small"
      busy={busy}
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" onClick={onClose} disabled={busy}>
            {stay}
          </button>
          <button
            class={`button ${danger ? "button--danger" : "button--primary"}`}
            type="submit"
            form={form}
            disabled={busy || !ready}
          >
            {deed}
          </button>
        </>
      }
    >
      <form id={form} class="form" onSubmit={(event) => void submit(event)}>
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
        {children}
        {typed !== undefined && (
          <label class="field">
            <span>
              Type <b>{typed}</b> to go on
            </span>
            <input value={written} autocomplete="off" onInput={(event) => setWritten(event.currentTarget.value)} />
          </label>
        )}
      </form>
    </Dialog>
  );
}
