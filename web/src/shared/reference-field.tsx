/** Chooses a record of another table by typing a part of its name. */

import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { readOne, readPage } from "./http.ts";
import type { Row } from "./http.ts";
import { useSettled } from "./list-state.ts";

/** What a record is called: the first of these that it has. */
const NAMES = ["name", "plate_number", "title", "email"] as const;
/** What tells two of the same name apart. */
const BESIDE = ["phone", "specialization", "address", "date_of_birth"] as const;
const ROWS = 8;
const SETTLED_MS = 200;

export function nameOf(row: Readonly<Record<string, unknown>>): string {
  for (const name of NAMES) if (typeof row[name] === "string" && row[name] !== "") return row[name] as string;
  return String(row["id"] ?? "");
}

function besideOf(row: Row): string {
  for (const name of BESIDE) if (typeof row[name] === "string") return row[name] as string;
  return "";
}

export interface ReferenceFieldProps {
  readonly table: string;
  readonly label: string;
  readonly value: string | null;
  readonly onValue: (id: string | null, row: Row | null) => void;
  readonly look?: "field" | "filter";
  readonly required?: boolean;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
  readonly name?: string;
}

interface Found {
  readonly text: string;
  readonly rows: readonly Row[];
  readonly problem: boolean;
}

/** What the hub finds for `text`, while `open`. */
function useFound(table: string, text: string, open: boolean): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  const settled = useSettled(text, SETTLED_MS);
  useEffect(() => {
    if (!open) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    readPage<Row>(`/${table}`, { search: settled, limit: ROWS }, signal).then(
      ({ items }) => !signal.aborted && setFound({ text: settled, rows: items, problem: false }),
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setFound({ text: settled, rows: [], problem: true });
      },
    );
    return () => controller.abort();
  }, [table, settled, open]);
  return found;
}

/** The name of the record that is chosen already. */
function useChosen(table: string, value: string | null): [Row | null, (row: Row | null) => void] {
  const [row, setRow] = useState<Row | null>(null);
  useEffect(() => {
    if (value === null || value === "") setRow(null);
    else if (String(row?.id) !== value) {
      readOne<Row>(`/${table}/${value}`).then(
        ({ body }) => setRow(body),
        () => setRow({ id: value }), // not for these eyes: its number has to do
      );
    }
  }, [table, value]);
  return [row, setRow];
}

export function ReferenceField(props: ReferenceFieldProps): JSX.Element {
  const { table, label, value, onValue, look = "field" } = props;
  const id = useId();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useChosen(table, value);
  const found = useFound(table, text ?? "", open);
  const input = useRef<HTMLInputElement>(null);
  const rows = found?.rows ?? [];

  const choose = (row: Row | null): void => {
    setChosen(row);
    setText(null);
    setOpen(false);
    onValue(row === null ? null : String(row.id), row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      if (open && rows.length > 0) setAt((at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      const row = rows[at];
      if (row !== undefined) choose(row);
    } else if (event.key === "Escape" && open) {
      event.preventDefault(); // closes the list, not the window around it
      event.stopPropagation();
      setOpen(false);
      setText(null);
    }
  };
  return (
    <div class={`reference ${look}`}>
      <label class={look === "filter" ? "visually-hidden" : undefined} for={id}>
        {label}
      </label>
      <div class="reference__box">
        <input
          ref={input}
          id={id}
          name={props.name}
          role="combobox"
          type="text"
          autocomplete="off"
          placeholder={look === "filter" ? `${label}: any` : "Type a part of the name"}
          required={props.required}
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && rows[at] !== undefined ? `${id}-${at}` : undefined}
          aria-describedby={props.describedBy}
          aria-invalid={props.invalid}
          value={text ?? (chosen === null ? "" : nameOf(chosen))}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
          onClick={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            setText(null);
          }}
        />
        {value !== null && value !== "" && (
          <button
            class="icon-button"
            type="button"
            aria-label={`${label}: none`}
            onClick={() => {
              choose(null);
              input.current?.focus();
            }}
          >
            <Icon name="close" />
          </button>
        )}
        {open && <Options id={id} found={found} at={at} onChoose={choose} />}
      </div>
    </div>
  );
}

interface OptionsProps {
  readonly id: string;
  readonly found: Found | null;
  readonly at: number;
  readonly onChoose: (row: Row) => void;
}

function Options({ id, found, at, onChoose }: OptionsProps): JSX.Element {
  const words = found === null ? "Looking…" : found.problem ? "The hub did not answer." : "Nothing found.";
  return (
    <ul class="reference__list" id={`${id}-list`} role="listbox">
      {(found?.rows ?? []).map((row, index) => (
        <li
          key={row.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          // before the input loses the focus, and with it the list
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(row);
          }}
        >
          <span>{nameOf(row)}</span>
          <small>{besideOf(row)}</small>
        </li>
      ))}
      {(found?.rows.length ?? 0) === 0 && <li class="reference__none">{words}</li>}
    </ul>
  );
}
