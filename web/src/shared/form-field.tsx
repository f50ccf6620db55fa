/** One field of a form, as its kind asks for. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { EntityColumn } from "./entity.ts";
import { readPlace } from "./field-values.ts";
import { ReferenceField } from "./reference-field.tsx";
import { labelOf, sayValue, zoneAt } from "./words.ts";

export interface FormFieldProps {
  readonly column: EntityColumn;
  readonly label?: string | undefined;
  readonly hint?: string | undefined;
  readonly value: string;
  readonly required: boolean;
  readonly complaint: string | null;
  /** The values that can be chosen now, where not all can. */
  readonly choices?: readonly string[] | undefined;
  readonly onValue: (text: string) => void;
}

const LONG = 300;
const TYPES = { date: "date", time: "time", moment: "datetime-local", email: "email", phone: "tel", media_url: "url" } as const;

function typeOf({ kind, name }: EntityColumn): (typeof TYPES)[keyof typeof TYPES] | "text" {
  const key = kind === "text" ? name : kind;
  return key in TYPES ? TYPES[key as keyof typeof TYPES] : "text";
}

export function FormField(props: FormFieldProps): JSX.Element {
  const { column, complaint, required, value, onValue } = props;
  const id = useId();
  const label = props.label ?? labelOf(column.name);
  const hint = props.hint ?? hintOf(column, value);
  const describedBy = [hint === null ? "" : `${id}-hint`, complaint === null ? "" : `${id}-wrong`].join(" ").trim();
  const common = { "aria-invalid": complaint !== null, "aria-describedby": describedBy || undefined, required };
  return (
    <div class="field" data-field={column.name}>
      {column.references !== null ? (
        <ReferenceField
          table={column.references}
          label={label + (required ? "" : " (optional)")}
          name={column.name}
          value={value === "" ? null : value}
          onValue={(chosen) => onValue(chosen ?? "")}
          required={required}
          describedBy={describedBy || undefined}
          invalid={complaint !== null}
        />
      ) : (
        <>
          <label for={id}>
            {label}
            {!required && <span class="field__optional"> (optional)</span>}
          </label>
          <Input id={id} {...props} common={common} />
        </>
      )}
      {hint !== null && (
        <p class="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {complaint !== null && (
        <p class="field__wrong" id={`${id}-wrong`} role="alert">
          {complaint}
        </p>
      )}
    </div>
  );
}

/** What helps to fill it in; null where the label says it all. */
function hintOf(column: EntityColumn, value: string): string | null {
  if (column.kind === "moment") {
    const at = Date.parse(value);
    return `Your time (${zoneAt(Number.isNaN(at) ? Date.now() : at)})`;
  }
  if (column.kind === "place") {
    return "Latitude, longitude in degrees: in most maps a long touch or the other mouse button shows them.";
  }
  if (column.kind === "date" || column.kind === "time") return null; // the browser shows how they are written
  return column.example === null || column.example === undefined ? null : `For example ${String(column.example)}`;
}

interface InputProps extends FormFieldProps {
  readonly id: string;
  readonly common: {
    readonly "aria-invalid": boolean;
    readonly "aria-describedby": string | undefined;
    readonly required: boolean;
  };
}

function Input({ id, column, value, required, choices, common, onValue }: InputProps): JSX.Element {
  const { name, kind } = column;
  const options = choices ?? (kind === "boolean" ? ["true", "false"] : column.choices);
  if (options.length > 0) {
    return (
      <select id={id} name={name} {...common} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {(!required || value === "") && <option value="">{required ? "Choose…" : "None given"}</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {sayValue(option)}
          </option>
        ))}
      </select>
    );
  }
  if (kind === "text" && typeOf(column) === "text" && (column.maximum ?? 0) > LONG) {
    const lines = (column.maximum ?? 0) > 1_000 ? 6 : 2;
    return (
      <textarea
        id={id}
        name={name}
        rows={lines}
        {...common}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    );
  }
  const number = kind === "integer" || kind === "number" || kind === "money";
  return (
    <>
      <input
        id={id}
        name={name}
        type={typeOf(column) as "text"} // the typings tell the roles of each apart
        inputmode={number ? "decimal" : undefined}
        autocomplete="off"
        list={name === "time_zone" ? `${id}-zones` : undefined}
        {...common}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {name === "time_zone" && <Zones id={`${id}-zones`} />}
      {kind === "place" && <Seen text={value} />}
    </>
  );
}

/** What the browser knows of time zones. */
function Zones({ id }: { id: string }): JSX.Element {
  return (
    <datalist id={id}>
      {Intl.supportedValuesOf("timeZone").map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}

/** The place as the map would show it, so that swapped numbers are noticed. */
function Seen({ text }: { text: string }): JSX.Element | null {
  const place = readPlace(text);
  if (place === null) return null;
  const { latitude, longitude } = place;
  const [northSouth, eastWest] = [latitude < 0 ? "south" : "north", longitude < 0 ? "west" : "east"];
  const words = `${Math.abs(latitude)}° ${northSouth}, ${Math.abs(longitude)}° ${eastWest}`;
  return <p class="field__hint">{words}</p>;
}
