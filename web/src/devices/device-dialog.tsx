/** One device: how it stands, where it belongs, and what can be done with it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Refused } from "../entry/frame.tsx";
import { Confirm } from "../shared/confirm.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { explainProblem } from "../shared/problems.tsx";
import { ReferenceField } from "../shared/reference-field.tsx";
import { useMay } from "../shared/rights.ts";
import { toast } from "../shared/toast.tsx";
import { humanise, sayMoment } from "../shared/words.ts";
import { Facts } from "../shell/page.tsx";
import { bindDevice, newClaimCode, revokeDevice, rotateSecret } from "./device-api.ts";
import type { Binding, Device, Handed } from "./device-api.ts";
import { sayKind, sayPlace, StandingMark } from "./device-words.tsx";

export interface DeviceDialogProps {
  readonly device: Device;
  /** Something about it is different now. */
  readonly onChanged: () => void;
  /** A code is to be shown, and this to be closed. */
  readonly onClaim: (title: string, handed: Handed, oldUntil: string | null) => void;
  readonly onClose: () => void;
}

type Asking = "claim" | "rotate" | "revoke" | null;

export function DeviceDialog({ device, onChanged, onClaim, onClose }: DeviceDialogProps): JSX.Element {
  const may = useMay();
  const [asking, setAsking] = useState<Asking>(null);
  const lives = device.revoked_at === null;
  return (
    <>
      <Dialog title={device.name} onClose={onClose}>
        <Facts
          facts={[
            ["State", <StandingMark device={device} />],
            ["Kind", sayKind(device)],
            ["Belongs", sayPlace(device)],
            ["Model", device.model ?? undefined],
            ["Measures", device.joints?.length ? device.joints.map(humanise).join(", ") : undefined],
            ["Last seen", device.last_seen_at === null ? "Never" : sayMoment(device.last_seen_at)],
            ["Added", sayMoment(device.created_at)],
            ["Revoked", device.revoked_at === null ? undefined : sayMoment(device.revoked_at)],
          ]}
        />
        {lives && may.act("devices.bind") && (
          <Bind device={device} target={device.kind === "tablet" ? "ambulance" : "patient"} onChanged={onChanged} />
        )}
        {lives && may.has("AD") && <Bind device={device} target="facility" onChanged={onChanged} />}
        {lives && (may.act("devices.C") || may.act("devices.D")) && <Deeds device={device} onAsk={setAsking} />}
        {!lives && <p class="quiet">It may not connect any more, for good. The same machine can be added again.</p>}
      </Dialog>
      {asking !== null && (
        <Ask
          deed={asking}
          device={device}
          onClaim={onClaim}
          onChanged={onChanged}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

function Deeds({ device, onAsk }: { device: Device; onAsk: (deed: Asking) => void }): JSX.Element {
  const may = useMay();
  return (
    <div class="deeds">
      {may.act("devices.C") && device.protocol === "hub" && (
        <button class="button button--small" type="button" onClick={() => onAsk("claim")}>
          New claim code
        </button>
      )}
      {may.act("devices.C") && device.claimed && (
        <button class="button button--small" type="button" onClick={() => onAsk("rotate")}>
          {device.protocol === "hub" ? "Change its secret" : "New link"}
        </button>
      )}
      {may.act("devices.D") && (
        <button class="button button--small button--danger-quiet" type="button" onClick={() => onAsk("revoke")}>
          Revoke
        </button>
      )}
    </div>
  );
}

type Target = "ambulance" | "patient" | "facility";

const TARGETS: Readonly<Record<Target, readonly [table: string, label: string]>> = {
  ambulance: ["ambulances", "In the ambulance"],
  patient: ["patients", "With the patient"],
  facility: ["facilities", "Of the facility"],
};

function placeOf(device: Device, target: Target): string | null {
  const id = { ambulance: device.ambulance_id, patient: device.patient_id, facility: device.facility_id }[target];
  return id == null ? null : String(id);
}

function bindingOf(target: Target, id: string | null): Binding {
  if (target === "ambulance") return { ambulance_id: id === null ? null : Number(id) };
  return target === "patient" ? { patient_id: id } : { facility_id: id };
}

/** Where it belongs from now on. */
function Bind({ device, target, onChanged }: { device: Device; target: Target; onChanged: () => void }): JSX.Element {
  const before = placeOf(device, target);
  const [to, setTo] = useState(before);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [table, label] = TARGETS[target];
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await bindDevice(device.id, bindingOf(target, to));
      toast(to === null ? `${device.name} belongs to no ${target} now.` : `${device.name} has its new place.`);
      onChanged();
    } catch (problem) {
      setError(explainProblem(problem));
    }
    setBusy(false);
  };
  return (
    <form class="bind" onSubmit={(event) => void submit(event)}>
      {error !== null && <Refused>{error}</Refused>}
      <ReferenceField table={table} label={label} value={to} onValue={setTo} />
      <button class="button" type="submit" disabled={busy || to === before} aria-label={`Save: ${label}`}>
        Save
      </button>
    </form>
  );
}

interface AskProps extends Pick<DeviceDialogProps, "device" | "onChanged" | "onClaim"> {
  readonly deed: Exclude<Asking, null>;
  readonly onClose: () => void;
}

function Ask({ deed, device, onClaim, onChanged, onClose }: AskProps): JSX.Element {
  const { id, name, kind } = device;
  if (deed === "revoke") {
    const revoke = async (): Promise<void> => {
      await revokeDevice(id);
      toast(`${name} is revoked.`);
      onChanged();
    };
    return (
      <Confirm title={`Revoke ${name}?`} deed="Revoke" danger onConfirm={revoke} onClose={onClose}>
        <p>
          {device.connected ? "It is connected now: within two seconds it is cut off" : "It is not let in again"}, and this
          cannot be taken back. Do it when it was lost, stolen or sold. To go on with the same machine, change its secret
          instead.
        </p>
      </Confirm>
    );
  }
  if (deed === "rotate") {
    const rotate = async (): Promise<void> => {
      const { handed, oldUntil } = await rotateSecret(id);
      onClaim(`New secret for ${name}`, "setup_link" in handed ? handed : { ...handed, kind }, oldUntil);
    };
    if (device.protocol !== "hub") {
      return (
        <Confirm title={`A new link for ${name}?`} deed="Make a link" onConfirm={rotate} onClose={onClose}>
          <p>The link that it was set up with goes on working meanwhile, for a day at the longest.</p>
        </Confirm>
      );
    }
    return (
      <Confirm title={`Change the secret of ${name}?`} deed="Make a code" onConfirm={rotate} onClose={onClose}>
        <p>
          You get a code for the device, and it draws a new secret with it. Until then the present secret goes on working,
          for a day at the longest: nothing is missed while somebody walks to the device.
        </p>
      </Confirm>
    );
  }
  const claim = async (): Promise<void> => onClaim(`Claim code for ${name}`, { ...(await newClaimCode(id)), kind }, null);
  return (
    <Confirm title={`A new claim code for ${name}?`} deed="Make a code" onConfirm={claim} onClose={onClose}>
      <p>A code that was made before stops working. A secret that the device has already goes on until the code is used.</p>
    </Confirm>
  );
}
