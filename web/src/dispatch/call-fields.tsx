/** The fields of a call in the order in which a caller is asked. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { ReferenceField } from "../shared/reference-field.tsx";
import type { BoardDesk } from "./board-desk.ts";
import type { Draft } from "./draft.ts";
import { sayPriority } from "./marks.tsx";
import { PlaceSearch } from "./place-search.tsx";

const PRIORITIES = [1, 2, 3, 4] as const;
const NEEDS = [
  ["", "What the priority asks for"],
  ["transport", "Transport"],
  ["basic", "Basic life support"],
  ["advanced", "Advanced life support"],
  ["neonatal", "Neonatal"],
] as const;

export interface CallFieldsProps {
  readonly desk: BoardDesk;
  readonly written: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** A window hides the map: nothing can be picked there. */
  readonly inWindow?: boolean;
}

export function CallFields({ desk, written, onChange, inWindow = false }: CallFieldsProps): JSX.Element {
  return (
    <>
      <div class="form__fields">
        <TextField label="Caller" value={written.caller} maxLength={200} onValue={(caller) => onChange({ caller })} />
        <TextField
          label="Call back at"
          type="tel"
          value={written.callback}
          maxLength={40}
          onValue={(callback) => onChange({ callback })}
        />
      </div>
      <TextField
        label="What happened"
        value={written.complaint}
        maxLength={2_000}
        lines={2}
        onValue={(complaint) => onChange({ complaint })}
      />
      <PriorityField value={written.priority} onValue={(priority) => onChange({ priority })} />
      <WhereFields {...{ desk, written, onChange, inWindow }} />
      <ReferenceField
        table="patients"
        label="Patient, where known"
        value={written.patientId}
        onValue={(patientId) => onChange({ patientId })}
      />
      <MoreFields written={written} onChange={onChange} />
    </>
  );
}

function WhereFields({ desk, written, onChange, inWindow = false }: CallFieldsProps): JSX.Element {
  const picking = desk.picking !== null;
  const pick = (): void => {
    if (picking) return desk.onPicking(null);
    desk.onTab("map"); // on a phone; elsewhere it is in sight
    desk.onPicking((place) => {
      onChange({ place });
      desk.onPicking(null);
    });
  };
  const around = desk.map?.centre() ?? null;
  return (
    <>
      <PlaceSearch
        label="Where: search"
        place={written.place}
        around={around === null ? null : { latitude: around.latitude, longitude: around.longitude }}
        picking={picking}
        onPick={inWindow ? null : pick}
        onPlace={(place, words) => {
          onChange(words === null || written.note !== "" ? { place } : { place, note: words });
          if (place !== null) desk.map?.panTo(place.latitude, place.longitude);
        }}
      />
      <TextField
        label="How to find it"
        value={written.note}
        maxLength={1_000}
        lines={2}
        onValue={(note) => onChange({ note })}
      />
    </>
  );
}

function MoreFields({ written, onChange }: Pick<CallFieldsProps, "written" | "onChange">): JSX.Element {
  const id = useId();
  return (
    <details class="take__more" open={written.facilityId !== null || written.destination !== "" || written.needs !== ""}>
      <summary>Destination, equipment, a later time</summary>
      <ReferenceField
        table="facilities"
        label="Taken to"
        value={written.facilityId}
        onValue={(facilityId) => onChange({ facilityId })}
      />
      <TextField
        label="Destination in words"
        value={written.destination}
        maxLength={500}
        onValue={(destination) => onChange({ destination })}
      />
      <div class="field">
        <label for={id}>The unit needs</label>
        <select id={id} value={written.needs} onChange={(event) => onChange({ needs: event.currentTarget.value })}>
          {NEEDS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <TextField
        label="Wanted at a later time"
        type="datetime-local"
        value={written.scheduledFor}
        onValue={(scheduledFor) => onChange({ scheduledFor })}
      />
    </details>
  );
}

function PriorityField({ value, onValue }: { value: number; onValue: (priority: number) => void }): JSX.Element {
  return (
    <fieldset class="priorities">
      <legend>Priority</legend>
      {PRIORITIES.map((priority) => (
        <label key={priority} class={`priorities__one priorities__one--${priority}`} data-chosen={priority === value}>
          <input
            type="radio"
            name="priority"
            value={priority}
            checked={priority === value}
            onChange={() => onValue(priority)}
          />
          <b>P{priority}</b> {sayPriority(priority)}
        </label>
      ))}
    </fieldset>
  );
}

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly type?: "text" | "tel" | "datetime-local";
  readonly maxLength?: number;
  /** More than one makes it a box. */
  readonly lines?: number;
  /** Seconds between two choices of a time. */
  readonly step?: number;
  readonly onValue: (value: string) => void;
}

export function TextField({ label, value, type = "text", maxLength, lines = 1, step, onValue }: TextFieldProps): JSX.Element {
  const id = useId();
  const limit = maxLength === undefined ? {} : { maxLength };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {lines > 1 ? (
        <textarea id={id} rows={lines} {...limit} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
      ) : (
        <input
          id={id}
          type={type as "text"} // the typings tell the roles of each apart
          step={step}
          autocomplete="off"
          {...limit}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
