/** Gives an account another role. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Confirm } from "../shared/confirm.tsx";
import type { Row } from "../shared/http.ts";
import { ReferenceField } from "../shared/reference-field.tsx";
import { toast } from "../shared/toast.tsx";
import { setRole } from "./account-api.ts";
import { KINDS } from "./invite-form.ts";
import type { Kind } from "./invite-form.ts";

function bodyOf(kind: Kind, facility: string | null, duty: string): object {
  if (kind === "receptionist" || kind === "staff_admin") {
    const role = kind === "receptionist" ? "receptionist" : "admin";
    return { role: "staff", staff: { role, facility_id: facility, ...(duty === "" ? {} : { duty }) } };
  }
  return { role: kind };
}

export function RoleButton({ row, onChanged }: { row: Row; onChanged: () => void }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="button button--small" type="button" onClick={() => setOpen(true)}>
        Another role…
      </button>
      {open && <RoleDialog row={row} onChanged={onChanged} onClose={() => setOpen(false)} />}
    </>
  );
}

interface RoleDialogProps {
  readonly row: Row;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

function RoleDialog({ row, onChanged, onClose }: RoleDialogProps): JSX.Element {
  const [kind, setKind] = useState<Kind>("receptionist");
  const [facility, setFacility] = useState<string | null>(null);
  const [duty, setDuty] = useState("");
  const name = String(row["name"]);
  const atDesk = kind === "receptionist" || kind === "staff_admin";
  return (
    <Confirm
      title={`Another role for ${name}`}
      deed="Give this role"
      onClose={onClose}
      onConfirm={async () => {
        await setRole(String(row.id), bodyOf(kind, facility, duty));
        toast(`${name} has another role, and has to sign in again.`);
        onChanged();
      }}
    >
      <p>They are signed out everywhere. What they did so far stays as it is.</p>
      <label class="field">
        <span>Role</span>
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
          {Object.entries(KINDS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {atDesk && (
        <>
          <ReferenceField table="facilities" label="Facility" value={facility} required onValue={setFacility} />
          <label class="field">
            <span>Duty on the ambulance board</span>
            <select value={duty} onChange={(event) => setDuty(event.currentTarget.value)}>
              <option value="">None</option>
              <option value="dispatcher">Dispatcher</option>
              <option value="supervisor">Supervisor</option>
            </select>
          </label>
        </>
      )}
    </Confirm>
  );
}
