/** Asks why: usual reasons have a key each, and anything else can be written. */

import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { explainProblem } from "../shared/problems.tsx";

export interface ReasonWindowProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  /** What the button says: the deed itself. */
  readonly deed: string;
  readonly danger?: boolean;
  readonly reasons: readonly string[];
  /** Something else has to be chosen first. */
  readonly waits?: boolean;
  /** Does it; a refusal is shown here. */
  readonly onReason: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

const LENGTH_MAX = 500;

export function ReasonWindow(props: ReasonWindowProps): JSX.Element {
  const { title, children, deed, danger = false, reasons, waits = false, onReason, onClose } = props;
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const form = useId();
  const submit = async (reason: string): Promise<void> => {
    if (busy || waits || reason.trim() === "") return;
    setBusy(true);
    setError(null);
    try {
      await onReason(reason.trim());
      onClose();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setError(explainProblem(problem));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = reasons[Number(event.key) - 1];
    const writes = event.target instanceof Element && event.target.matches("input, select, textarea");
    if (chosen === undefined || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    void submit(chosen);
  };
  return (
    <Dialog
      title={title}
      size="small"
      busy={busy}
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" disabled={busy} onClick={onClose}>
            Back
          </button>
          <button
            class={`button ${danger ? "button--danger" : "button--primary"}`}
            type="submit"
            form={form}
            disabled={busy || waits || text.trim() === ""}
          >
            {deed}
          </button>
        </>
      }
    >
      <form
        id={form}
        class="form"
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault();
          void submit(text);
        }}
      >
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
        {children}
        <div class="reasons" role="group" aria-label="Usual reasons">
          {reasons.map((reason, place) => (
            <button
              key={reason}
              class="button button--small"
              type="button"
              autofocus={place === 0}
              disabled={busy || waits}
              aria-keyshortcuts={String(place + 1)}
              onClick={() => void submit(reason)}
            >
              <kbd aria-hidden="true">{place + 1}</kbd> {reason}
            </button>
          ))}
        </div>
        <label class="field">
          <span>Another reason</span>
          <input value={text} maxLength={LENGTH_MAX} autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </form>
    </Dialog>
  );
}
