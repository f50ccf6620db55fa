/** Opens the record of a patient without a relation, for a reason that the patient will read. */

import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { newKey } from "../shared/http.ts";
import { explainProblem } from "../shared/problems.tsx";
import { navigate } from "../shared/router.ts";
import { toast } from "../shared/toast.tsx";
import { sayMoment } from "../shared/words.ts";
import { breakGlass } from "./account-api.ts";

export interface BreakGlassProps {
  /** Null where their number is asked for. */
  readonly patient: { readonly id: string; readonly name: string } | null;
  readonly onClose: () => void;
  /** The record is open now; without it, their page is gone to. */
  readonly onOpen?: () => void;
}

const REASON_MIN = 10;
const REASON_MAX = 500;
const RECORD_NUMBER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MINUTES = [15, 30, 60] as const;

export function BreakGlassDialog({ patient, onClose, onOpen }: BreakGlassProps): JSX.Element {
  const [id, setId] = useState("");
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState<number>(30);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const key = useRef(newKey());
  const form = useId();
  const written = reason.trim();
  const whom = patient?.id ?? id.trim();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!RECORD_NUMBER.test(whom)) {
      setError("That is not the number of a record: it has 36 letters, digits and dashes.");
      return;
    }
    if (written.length < REASON_MIN) {
      setError(`Say in at least ${REASON_MIN} characters why.`);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const { expires_at } = await breakGlass(whom, written, minutes, key.current);
      toast(`The record is open to you until ${sayMoment(expires_at)}.`);
      onClose();
      if (onOpen === undefined) void navigate(`/people/${whom}?as=patient`);
      else onOpen();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      key.current = newKey();
      setError(explainProblem(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Open a record without a relation"
      busy={busy}
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" onClick={onClose} disabled={busy}>
            Cancel
          </button>
          <button class="button button--danger" type="submit" form={form} disabled={busy || whom === ""}>
            Open the record
          </button>
        </>
      }
    >
      <form class="form" id={form} noValidate onSubmit={(event) => void submit(event)}>
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
        <p>
          This is for emergencies. {patient === null ? "The patient" : patient.name} is told at once that you looked, and
          reads the reason that you give. It is kept in the audit log.
        </p>
        {patient === null && (
          <label class="field">
            <span>Number of the patient's record</span>
            <input value={id} autocomplete="off" required onInput={(event) => setId(event.currentTarget.value)} />
            <span class="field__hint">The desk of a facility that they come to reads it from their page.</span>
          </label>
        )}
        <label class="field">
          <span>Why do you have to see it?</span>
          <textarea
            rows={3}
            required
            maxLength={REASON_MAX}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>For how long?</span>
          <select value={String(minutes)} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
            {MINUTES.map((one) => (
              <option key={one} value={String(one)}>
                {one} minutes
              </option>
            ))}
          </select>
        </label>
      </form>
    </Dialog>
  );
}
