/** What a form holds: the text of each field, what is wrong with it, and what has changed since it was read. */

import { useState } from "preact/hooks";
import type { EntityColumn } from "./entity.ts";
import { complaintOf, fromInput, toInput } from "./field-values.ts";
import type { Row } from "./http.ts";

export type Texts = Readonly<Record<string, string>>;

export interface FormDoor {
  readonly texts: Texts;
  readonly onText: (name: string, text: string) => void;
  /** By field; those of the hub among them. */
  readonly complaints: Readonly<Record<string, string>>;
  readonly onComplaint: (name: string, words: string) => void;
  readonly dirty: boolean;
  /** Check every field; whether all is well. */
  readonly check: () => boolean;
  /** The body to send: all that is filled in, or with a row only what has changed, null where it was emptied. */
  readonly body: () => Record<string, unknown>;
  /** Begin anew from a newer version of the row; with `keep` what was typed stays. */
  readonly rebase: (row: Row, keep: boolean) => void;
}

export function isRequired(column: EntityColumn, row: Row | null): boolean {
  return row === null ? column.create === "must" : !column.nullable;
}

function textsOf(columns: readonly EntityColumn[], row: Row | null, given: Texts): Texts {
  return Object.fromEntries(
    columns.map((column) => [column.name, row === null ? (given[column.name] ?? "") : toInput(column, row[column.name])]),
  );
}

/** For `columns` of `row`, or of a new record that begins with the texts `given`. */
export function useForm(columns: readonly EntityColumn[], row: Row | null, given: Texts = {}): FormDoor {
  const [base, setBase] = useState<Texts>(() => textsOf(columns, row, given));
  const [texts, setTexts] = useState<Texts>(base);
  const [complaints, setComplaints] = useState<Readonly<Record<string, string>>>({});
  const changed = columns.filter(({ name }) => texts[name] !== base[name]);
  return {
    texts,
    complaints,
    dirty: changed.length > 0,
    onText: (name, text) => {
      setTexts((before) => ({ ...before, [name]: text }));
      setComplaints(({ [name]: _, ...others }) => others);
    },
    onComplaint: (name, words) => setComplaints((before) => ({ ...before, [name]: words })),
    check: () => {
      const found = columns.flatMap((column) => {
        const words = complaintOf(column, texts[column.name] ?? "", isRequired(column, row));
        return words === null ? [] : [[column.name, words] as const];
      });
      setComplaints(Object.fromEntries(found));
      return found.length === 0;
    },
    body: () => {
      const sent = row === null ? columns.filter(({ name }) => (texts[name] ?? "").trim() !== "") : changed;
      return Object.fromEntries(sent.map((column) => [column.name, fromInput(column, texts[column.name] ?? "")]));
    },
    rebase: (newer, keep) => {
      const next = textsOf(columns, newer, {});
      const kept = Object.fromEntries(changed.map(({ name }) => [name, texts[name] ?? ""]));
      setBase(next);
      setTexts(keep ? { ...next, ...kept } : next);
      setComplaints({});
    },
  };
}
