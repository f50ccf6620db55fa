/** The three things that a call needs: where, what has happened, and a number to call back. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Confirm } from "../shared/confirm.tsx";
import type { PlaceValue } from "../shared/field-values.ts";
import { newKey, readOne } from "../shared/http.ts";
import { ReferenceField } from "../shared/reference-field.tsx";
import { useMay } from "../shared/rights.ts";
import { navigate } from "../shared/router.ts";
import { toast } from "../shared/toast.tsx";
import { callAmbulance } from "./calls-api.ts";
import type { NewCall } from "./calls-api.ts";
import { PlaceField } from "./place-field.tsx";

const HAPPENED = ["Chest pain", "Cannot breathe well", "Unconscious", "Accident", "Heavy bleeding", "Signs of a stroke", "Childbirth"] as const;
/** A call that is older than this when it is answered was there before. */
const JOINED_MS = 5_000;

interface Draft {
  readonly place: PlaceValue | null;
  readonly note: string;
  readonly complaint: string;
  readonly number: string;
  readonly caller: string;
  readonly patientId: string | null;
}

const EMPTY: Draft = { place: null, note: "", complaint: "", number: "", caller: "", patientId: null };

/** What is missing, in words; null when it can be sent. Nobody is kept from calling for want of details. */
function lacks({ place, note, number }: Draft, own: boolean): string | null {
  if (place === null && note.trim() === "") return "Say where help is needed: on the map, by its name, or in words.";
  return !own && number.trim() === "" ? "Write a number that can be called back." : null;
}

function bodyOf({ place, note, complaint, number, caller, patientId }: Draft): NewCall {
  const said = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());
  const fields = {
    pickup_location: place ?? undefined,
    location_note: said(note),
    complaint: said(complaint),
    callback_number: said(number),
    caller: said(caller),
    patient_id: patientId ?? undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as NewCall;
}

export interface CallFormProps {
  readonly own: boolean;
  /** There is an open call: another one joins it. */
  readonly again: boolean;
  readonly onCalled: () => void;
}

export function CallForm({ own, again, onCalled }: CallFormProps): JSX.Element {
  const { user } = useMay();
  const [draft, setDraft] = useState(EMPTY);
  const [complaint, setComplaint] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const key = useMemo(newKey, [asking]);
  const put = (change: Partial<Draft>): void => {
    setComplaint(null);
    setDraft((before) => ({ ...before, ...change }));
  };
  useEffect(() => {
    if (!own) return;
    readOne<{ readonly phone?: string | null }>(`/users/${user.id}`).then(
      ({ body }) => setDraft((before) => (before.number === "" ? { ...before, number: body.phone ?? "" } : before)),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error; // it is typed instead
      },
    );
  }, [own]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const missing = lacks(draft, own);
    setComplaint(missing);
    setAsking(missing === null);
  };
  const send = async (): Promise<void> => {
    const called = await callAmbulance(bodyOf(draft), key);
    setDraft(EMPTY);
    onCalled();
    const joined = Date.now() - Date.parse(called.requested_at) > JOINED_MS;
    if (own) await navigate(`/requests/${called.id}`);
    if (joined) toast("This call was there already: what you wrote belongs to it.");
    else if (!own) toast("The dispatchers have the call.");
  };
  return (
    <form class="card call-form" onSubmit={submit}>
      {!own && <ForWhom draft={draft} onDraft={put} />}
      <fieldset>
        <legend>Where is help needed?</legend>
        <PlaceField place={draft.place} onPlace={(place) => put({ place })} own={own} />
        <label class="field">
          <span>How is it found? Floor, gate, landmark</span>
          <input value={draft.note} maxLength={1000} onInput={(event) => put({ note: event.currentTarget.value })} />
        </label>
      </fieldset>
      <WhatHappened draft={draft} onDraft={put} />
      {complaint !== null && (
        <p class="note note--error" role="alert">
          <Icon name="warning" />
          {complaint}
        </p>
      )}
      <button class="button button--danger call-form__call" type="submit">
        <Icon name="siren" />
        {again ? "Call again" : "Call an ambulance"}
      </button>
      {asking && (
        <Confirm
          title="Call an ambulance now?"
          deed="Yes, call now"
          stay="Not yet"
          danger
          onConfirm={send}
          onClose={() => setAsking(false)}
        >
          <p>
            {draft.place === null ? "The dispatchers know the place by your words alone." : "An ambulance is sent to the place on the map."}{" "}
            {again && "You have called already: this adds to that call."}
          </p>
          {draft.complaint !== "" && <p>“{draft.complaint}”</p>}
          {draft.number !== "" && <p>They may call {draft.number}.</p>}
        </Confirm>
      )}
    </form>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly onDraft: (change: Partial<Draft>) => void;
}

function ForWhom({ draft, onDraft }: PartProps): JSX.Element {
  return (
    <fieldset>
      <legend>For whom?</legend>
      <ReferenceField table="patients" label="Patient, if they are known here" value={draft.patientId} onValue={(patientId) => onDraft({ patientId })} />
      <label class="field">
        <span>Who calls?</span>
        <input value={draft.caller} maxLength={200} onInput={(event) => onDraft({ caller: event.currentTarget.value })} />
      </label>
    </fieldset>
  );
}

function WhatHappened({ draft, onDraft }: PartProps): JSX.Element {
  return (
    <fieldset>
      <legend>What has happened?</legend>
      <div class="picks">
        {HAPPENED.map((words) => (
          <button
            key={words}
            class="pick"
            type="button"
            aria-pressed={draft.complaint.includes(words)}
            onClick={() => onDraft({ complaint: draft.complaint === "" ? words : `${draft.complaint}, ${words.toLowerCase()}` })}
          >
            {words}
          </button>
        ))}
      </div>
      <label class="field">
        <span>In your words</span>
        <textarea rows={3} maxLength={2000} value={draft.complaint} onInput={(event) => onDraft({ complaint: event.currentTarget.value })} />
      </label>
      <label class="field">
        <span>Number to call back</span>
        <input type="tel" autocomplete="tel" maxLength={40} value={draft.number} onInput={(event) => onDraft({ number: event.currentTarget.value })} />
      </label>
    </fieldset>
  );
}
