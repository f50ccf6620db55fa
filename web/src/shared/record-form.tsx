/** Makes or changes a record: its fields come from the table's declaration, and from what the person may do. */

import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "./dialog.tsx";
import { entityOf } from "./entity.ts";
import type { EntityColumn } from "./entity.ts";
import { FormField } from "./form-field.tsx";
import { isRequired, useForm } from "./form-state.ts";
import type { FormDoor, Texts } from "./form-state.ts";
import { change, create, newKey, readOne } from "./http.ts";
import type { Row } from "./http.ts";
import { useKeepOrLose } from "./keep-or-lose.tsx";
import { explainProblem } from "./problems.tsx";
import { useMay } from "./rights.ts";
import { labelOf } from "./words.ts";

export interface RecordFormProps {
  readonly table: string;
  /** What is to be changed; null for a new record. */
  readonly row: Row | null;
  /** The version that `row` is. */
  readonly etag?: string | null;
  /** Which fields, in which order; those that the person may not write are left out. Without it, all of them. */
  readonly fields?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly hints?: Readonly<Record<string, string>>;
  /** The values that can be chosen now, where not all can. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** What a new record begins with. */
  readonly given?: Texts;
  /** What is sent beside the fields. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  readonly deed?: string;
  /** Put before the fields. */
  readonly children?: ComponentChildren;
  /** `before` are the values that the change has replaced, by field. */
  readonly onSaved: (row: Row, etag: string | null, before: Readonly<Record<string, unknown>>) => void;
  readonly onCancel?: () => void;
}

interface Version {
  readonly row: Row;
  readonly etag: string | null;
}

/** The columns of `table` that the person may write, of those in `fields`. */
function useColumns(table: string, isNew: boolean, fields: readonly string[] | undefined): readonly EntityColumn[] {
  const rights = useMay().table(table);
  const allowed = isNew ? rights.create : rights.change;
  const { columns } = entityOf(table);
  const wanted = fields ?? columns.map(({ name }) => name);
  return wanted.flatMap((name) => columns.filter((column) => column.name === name && allowed.includes(name)));
}

/** What a refusal says about one of the form's fields, else about all of it. */
function place(error: Problem, columns: readonly EntityColumn[], form: FormDoor): string | null {
  const name = error.field.split(".")[0] ?? "";
  if (!columns.some((column) => column.name === name)) {
    const subject = name === "" ? "" : `${labelOf(name)}: `;
    return subject + explainProblem(error);
  }
  form.onComplaint(name, explainProblem(error));
  return null;
}

export function RecordForm(props: RecordFormProps): JSX.Element {
  const { table, row, etag = null, onSaved, onCancel } = props;
  const columns = useColumns(table, row === null, props.fields);
  const form = useForm(columns, row, props.given);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [newer, setNewer] = useState<Version | null>(null);
  const version = useRef(etag);
  /** What the change starts from: not what was opened, where somebody was quicker. */
  const basis = useRef(row);
  const key = useRef(newKey());
  const element = useRef<HTMLFormElement>(null);
  const guard = useKeepOrLose(form.dirty && !busy);

  const send = async (): Promise<void> => {
    const body = { ...form.body(), ...props.fixed };
    const path = `/${table}`;
    const { body: saved, etag: savedEtag } =
      row === null
        ? await create<Row>(path, body, key.current)
        : await change<Row>(`${path}/${row.id}`, body, version.current);
    guard.release();
    const before = Object.keys(form.body()).map((name) => [name, basis.current?.[name] ?? null] as const);
    onSaved(saved, savedEtag, Object.fromEntries(before));
  };
  const onRefusal = async (problem: unknown): Promise<void> => {
    if (!(problem instanceof Problem)) throw problem;
    key.current = newKey(); // the next attempt says something else
    if (problem.status === 412 && row !== null) {
      const { body, etag: read } = await readOne<Row>(`/${table}/${row.id}`);
      setNewer({ row: body, etag: read });
    } else setError(place(problem, columns, form));
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await send();
    } catch (problem) {
      await onRefusal(problem).catch((again: unknown) => setError(explainProblem(again)));
    }
    setBusy(false);
  };
  const takeUp = (from: Version, keep: boolean): void => {
    form.rebase(from.row, keep);
    version.current = from.etag;
    basis.current = from.row;
    setNewer(null);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!form.check()) {
      requestAnimationFrame(() => element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    } else if (row !== null && !form.dirty && Object.keys(props.fixed ?? {}).length === 0) onCancel?.();
    else void save();
  };
  return (
    <form class="form" ref={element} noValidate onSubmit={submit}>
      {error !== null && (
        <p class="note note--error" role="alert">
          <Icon name="warning" />
          {error}
        </p>
      )}
      {props.children}
      <div class="form__fields">
        {columns.map((column) => (
          <FormField
            key={column.name}
            column={column}
            label={props.labels?.[column.name]}
            hint={props.hints?.[column.name]}
            choices={props.choices?.[column.name]}
            value={form.texts[column.name] ?? ""}
            required={isRequired(column, row)}
            complaint={form.complaints[column.name] ?? null}
            onValue={(text) => form.onText(column.name, text)}
          />
        ))}
      </div>
      <div class="form__foot">
        {onCancel !== undefined && (
          <button class="button" type="button" onClick={() => void guard.leave(onCancel)} disabled={busy}>
            Cancel
          </button>
        )}
        <button class="button button--primary" type="submit" disabled={busy}>
          {busy ? "Saving…" : (props.deed ?? "Save")}
        </button>
      </div>
      {guard.question}
      {newer !== null && (
        <Meanwhile
          onReload={() => {
            takeUp(newer, false);
          }}
          onOverwrite={() => {
            takeUp(newer, true);
            void save();
          }}
          onClose={() => setNewer(null)}
        />
      )}
    </form>
  );
}

interface MeanwhileProps {
  readonly onReload: () => void;
  readonly onOverwrite: () => void;
  readonly onClose: () => void;
}

/** Somebody else was quicker. */
function Meanwhile({ onReload, onOverwrite, onClose }: MeanwhileProps): JSX.Element {
  return (
    <Dialog
      title="Somebody changed it meanwhile"
      size="small"
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" onClick={onReload}>
            Show theirs
          </button>
          <button class="button button--primary" type="button" onClick={onOverwrite}>
            Save mine
          </button>
        </>
      }
    >
      <p>
        Since you opened this form, somebody else has saved a change. Look at theirs, which drops what you typed; or save
        yours: the fields that you changed get your values, and the others keep theirs.
      </p>
    </Dialog>
  );
}
