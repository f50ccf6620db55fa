/** Adding a device: what it is, what it is called, where it belongs. */

import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Refused } from "../entry/frame.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { newKey } from "../shared/http.ts";
import { explainProblem } from "../shared/problems.tsx";
import { ReferenceField } from "../shared/reference-field.tsx";
import { useMay } from "../shared/rights.ts";
import { addDevice } from "./device-api.ts";
import type { Device, Handed, NewDevice } from "./device-api.ts";
import { APPS, KINDS } from "./device-words.tsx";
import { JointsField } from "./joints.tsx";

export interface AddDeviceProps {
  readonly onAdded: (device: Device, handed: Handed) => void;
  readonly onClose: () => void;
}

interface Draft {
  readonly kind: Device["kind"];
  readonly protocol: Device["protocol"];
  readonly name: string;
  readonly ambulance: string | null;
  readonly facility: string | null;
  readonly model: string;
  readonly joints: readonly string[];
}

const EMPTY: Draft = { kind: "tablet", protocol: "hub", name: "", ambulance: null, facility: null, model: "", joints: [] };

function orderOf({ kind, protocol, name, ambulance, facility, model, joints }: Draft): NewDevice {
  const place = {
    ...(kind === "tablet" && ambulance !== null ? { ambulance_id: Number(ambulance) } : {}),
    ...(facility === null ? {} : { facility_id: facility }),
  };
  if (kind === "tablet") return { kind, name: name.trim(), ...place, ...(protocol === "hub" ? {} : { protocol }) };
  const sensor = {
    ...(model.trim() === "" ? {} : { model: model.trim() }),
    ...(joints.length === 0 ? {} : { joints }),
  };
  return { kind, name: name.trim(), ...place, ...sensor };
}

export function AddDevice({ onAdded, onClose }: AddDeviceProps): JSX.Element {
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const key = useRef(newKey());
  const form = useId();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { device, handed } = await addDevice(orderOf(draft), key.current);
      onAdded(device, handed);
    } catch (problem) {
      setError(explainProblem(problem));
      key.current = newKey(); // the next attempt says something else
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Add a device"
      busy={busy}
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" onClick={onClose}>
            Cancel
          </button>
          <button class="button button--primary" type="submit" form={form} disabled={busy}>
            {busy ? "Adding…" : `Add and show its ${draft.kind === "tablet" && draft.protocol !== "hub" ? "link" : "code"}`}
          </button>
        </>
      }
    >
      <form id={form} class="form" onSubmit={(event) => void submit(event)}>
        {error !== null && <Refused>{error}</Refused>}
        <Fields draft={draft} onDraft={(change) => setDraft({ ...draft, ...change })} />
      </form>
    </Dialog>
  );
}

function Fields({ draft, onDraft }: { draft: Draft; onDraft: (change: Partial<Draft>) => void }): JSX.Element {
  const may = useMay();
  const both = may.has("SA", "AD"); // dispatch supervisors look after tablets alone
  const { kind } = draft;
  return (
    <>
      {both && (
        <label class="field">
          <span>What it is</span>
          <select value={kind} onChange={(event) => onDraft({ kind: event.currentTarget.value as Device["kind"] })}>
            {Object.entries(KINDS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === "tablet" && (
        <label class="field">
          <span>The app on it</span>
          <select
            value={draft.protocol}
            onChange={(event) => onDraft({ protocol: event.currentTarget.value as Device["protocol"] })}
          >
            {Object.entries(APPS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        <span>Name</span>
        <input
          required
          maxLength={100}
          autocomplete="off"
          autofocus
          placeholder={kind === "tablet" ? "Tablet 7" : "Knee sensor 2"}
          value={draft.name}
          onInput={(event) => onDraft({ name: event.currentTarget.value })}
        />
      </label>
      {kind === "tablet" ? (
        <ReferenceField
          table="ambulances"
          label="Ambulance (can be said later)"
          value={draft.ambulance}
          onValue={(ambulance) => onDraft({ ambulance })}
        />
      ) : (
        <>
          <label class="field">
            <span>
              Make and model <span class="field__optional">(optional)</span>
            </span>
            <input
              maxLength={100}
              autocomplete="off"
              value={draft.model}
              onInput={(event) => onDraft({ model: event.currentTarget.value })}
            />
          </label>
          <JointsField chosen={draft.joints} onChosen={(joints) => onDraft({ joints })} />
        </>
      )}
      {may.has("AD") && (
        <ReferenceField
          table="facilities"
          label="Facility (optional)"
          value={draft.facility}
          onValue={(facility) => onDraft({ facility })}
        />
      )}
    </>
  );
}
