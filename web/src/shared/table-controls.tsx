/** Above a table: what to look for, and what to leave out. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { columnOf } from "./entity.ts";
import { useSettled } from "./list-state.ts";
import type { ListStateDoor } from "./list-state.ts";
import { ReferenceField } from "./reference-field.tsx";
import { labelOf, sayValue } from "./words.ts";

export interface FilterChoice {
  /** Of the query's parameter. */
  readonly name: string;
  readonly label?: string;
  /** Out of a closed list: [value, words]. */
  readonly choices?: readonly (readonly [value: string, words: string])[];
  /** A time range: `<name>_from` and `<name>_until`, by days. */
  readonly span?: boolean;
  /** A record of this table. */
  readonly references?: string;
}

/** The filter of a declared column. */
export function filterOf(table: string, name: string, label: string = labelOf(name)): FilterChoice {
  const column = columnOf(table, name);
  if (column?.kind === "moment" || column?.kind === "date") return { name, label, span: true };
  if (column?.references != null) return { name, label, references: column.references };
  if (column?.kind === "boolean") return { name, label, choices: [["true", "Yes"], ["false", "No"]] };
  return { name, label, choices: (column?.choices ?? []).map((value) => [value, sayValue(value)]) };
}

const SETTLED_MS = 250;

export interface TableControlsProps extends ListStateDoor {
  readonly search: string | null;
  readonly filters: readonly FilterChoice[];
}

export function TableControls({ search, filters, state, onState }: TableControlsProps): JSX.Element {
  return (
    <div class="records__controls">
      {search !== null && <Search label={search} value={state["q"] ?? ""} onValue={(q) => onState({ q })} />}
      {filters.map((filter) => (
        <Filter key={filter.name} filter={filter} state={state} onState={onState} />
      ))}
    </div>
  );
}

function Search({ label, value, onValue }: { label: string; value: string; onValue: (q: string) => void }): JSX.Element {
  const [text, setText] = useState(value);
  const settled = useSettled(text, SETTLED_MS);
  const told = useRef(value);
  useEffect(() => {
    if (settled === told.current) return;
    told.current = settled;
    onValue(settled);
  }, [settled]);
  useEffect(() => {
    // it was changed elsewhere: by "Show all", or by Back
    if (value !== told.current.trim() && value !== told.current) {
      told.current = value;
      setText(value);
    }
  }, [value]);
  return (
    <label class="search records__search">
      <Icon name="search" />
      <span class="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={label}
        value={text}
        autocomplete="off"
        spellcheck={false}
        aria-keyshortcuts="/"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

function Filter({ filter, state, onState }: { filter: FilterChoice } & ListStateDoor): JSX.Element {
  const { name, label = labelOf(name) } = filter;
  if (filter.span === true) return <Span name={name} label={label} state={state} onState={onState} />;
  if (filter.references !== undefined) {
    return (
      <ReferenceField
        table={filter.references}
        label={label}
        look="filter"
        value={state[name] ?? null}
        onValue={(value) => onState({ [name]: value })}
      />
    );
  }
  return (
    <label class="filter">
      <span class="visually-hidden">{label}</span>
      <select value={state[name] ?? ""} onChange={(event) => onState({ [name]: event.currentTarget.value })}>
        <option value="">{label}: any</option>
        {(filter.choices ?? []).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A local day as a moment: its beginning, or with `days` that of a later day. */
function dayToMoment(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + days).toISOString();
}

/** The local day that a moment is in, or with `days` one before. */
function momentToDay(iso: string | undefined, days: number): string {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return "";
  const moment = new Date(iso);
  const local = new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - days);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
}

/** Both days included; the hub is asked for the moments between, the last one excluded. */
function Span({ name, label, state, onState }: { name: string; label: string } & ListStateDoor): JSX.Element {
  const [from, until] = [`${name}_from`, `${name}_until`];
  const tell = (parameter: string, day: string, days: number): void =>
    onState({ [parameter]: day === "" ? null : dayToMoment(day, days) });
  return (
    <fieldset class="filter filter--span">
      <legend class="visually-hidden">{label}</legend>
      <label>
        <span>{label} from</span>
        <input
          type="date"
          value={momentToDay(state[from], 0)}
          onChange={(event) => tell(from, event.currentTarget.value, 0)}
        />
      </label>
      <label>
        <span>to</span>
        <input
          type="date"
          value={momentToDay(state[until], 1)}
          onChange={(event) => tell(until, event.currentTarget.value, 1)}
        />
      </label>
    </fieldset>
  );
}
