/** Adds a person, and gives whoever did it the link that lets them in. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { bookFor } from "../appointments/booking.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { FormField } from "../shared/form-field.tsx";
import { isRequired, useForm } from "../shared/form-state.ts";
import { newKey } from "../shared/http.ts";
import { useKeepOrLose } from "../shared/keep-or-lose.tsx";
import { explainProblem } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { invite } from "./account-api.ts";
import type { Invited } from "./account-api.ts";
import { bodyFor, columnsFor, KINDS, kindsOf } from "./invite-form.ts";
import type { Kind } from "./invite-form.ts";
import { LinkToGive } from "./one-time-link.tsx";

export interface InviteDialogProps {
  /** What the person will be, unless something else is chosen. */
  readonly first?: Kind;
  readonly onClose: () => void;
  /** Somebody is there who was not before. */
  readonly onAdded: () => void;
}

export function InviteDialog({ first, onClose, onAdded }: InviteDialogProps): JSX.Element {
  const kinds = kindsOf(useMay());
  const [kind, setKind] = useState<Kind>(first ?? kinds[0] ?? "patient");
  const [invited, setInvited] = useState<Invited | null>(null);
  if (invited !== null) return <Done invited={invited} kind={kind} onClose={onClose} />;
  return (
    <InviteForm
      key={kind}
      kind={kind}
      kinds={kinds}
      onKind={setKind}
      onClose={onClose}
      onInvited={(done) => {
        setInvited(done);
        onAdded();
      }}
    />
  );
}

interface InviteFormProps {
  readonly kind: Kind;
  readonly kinds: readonly Kind[];
  readonly onKind: (kind: Kind) => void;
  readonly onClose: () => void;
  readonly onInvited: (invited: Invited) => void;
}

function InviteForm({ kind, kinds, onKind, onClose, onInvited }: InviteFormProps): JSX.Element {
  const columns = columnsFor(kind, useMay());
  const form = useForm(columns, null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const key = useRef(newKey());
  const element = useRef<HTMLFormElement>(null);
  const guard = useKeepOrLose(form.dirty && !busy);
  const refuse = (problem: unknown): void => {
    if (!(problem instanceof Problem)) throw problem;
    key.current = newKey();
    const name = problem.field.split(".").at(-1) ?? "";
    if (columns.some((column) => column.name === name)) form.onComplaint(name, explainProblem(problem));
    else if (problem.code === "conflict" && /mail/.test(problem.detail)) form.onComplaint("email", explainProblem(problem));
    else setError(explainProblem(problem));
    setBusy(false);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!form.check()) {
      requestAnimationFrame(() => element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    setBusy(true);
    setError(null);
    guard.release();
    invite(bodyFor(kind, form.body()), key.current).then(onInvited, refuse);
  };
  return (
    <Dialog title="Add a person" busy={busy} onClose={() => void guard.leave(onClose)}>
      <form class="form" ref={element} noValidate onSubmit={submit}>
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
        {kinds.length > 1 && (
          <label class="field">
            <span>What will they be?</span>
            <select value={kind} onChange={(event) => onKind(event.currentTarget.value as Kind)}>
              {kinds.map((one) => (
                <option key={one} value={one}>
                  {KINDS[one]}
                </option>
              ))}
            </select>
          </label>
        )}
        <div class="form__fields">
          {columns.map((column) => (
            <FormField
              key={column.name}
              column={column}
              hint={column.name === "email" && kind === "patient" ? "Without one they cannot sign in by themselves." : undefined}
              value={form.texts[column.name] ?? ""}
              required={isRequired(column, null)}
              complaint={form.complaints[column.name] ?? null}
              onValue={(text) => form.onText(column.name, text)}
            />
          ))}
        </div>
        <div class="form__foot">
          <button class="button" type="button" disabled={busy} onClick={() => void guard.leave(onClose)}>
            Cancel
          </button>
          <button class="button button--primary" type="submit" disabled={busy}>
            {busy ? "Adding…" : "Add"}
          </button>
        </div>
      </form>
      {guard.question}
    </Dialog>
  );
}

function Done({ invited, kind, onClose }: { invited: Invited; kind: Kind; onClose: () => void }): JSX.Element {
  const name = String(invited.user["name"] ?? "them");
  // the desk sees a patient once they have a visit
  const books = useMay().create("appointments") && kind === "patient";
  const aspect = useMay().has("AD") ? "user" : "staff";
  const href = kind === "doctor" ? `/doctors/${invited.user.id}` : `/people/${invited.user.id}?as=${aspect}`;
  return (
    <Dialog
      title={`${name} is added`}
      onClose={onClose}
      foot={
        <>
          {books ? (
            <button class="button" type="button" onClick={() => void bookFor({ id: String(invited.user.id), name })}>
              Book a visit
            </button>
          ) : (
            <a class="button" href={href}>
              Open their page
            </a>
          )}
          <button class="button button--primary" type="button" onClick={onClose}>
            Done
          </button>
        </>
      }
    >
      <LinkToGive link={invited} name={name} />
      {books && aspect !== "user" && <p>Book their first visit now: your list of patients has those who have one at your facility.</p>}
    </Dialog>
  );
}
