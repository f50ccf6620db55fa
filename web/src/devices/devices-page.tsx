/** Tablets and sensors: what may send to the hub, and how they stand. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { DataTable } from "../shared/data-table.tsx";
import type { FilterChoice } from "../shared/data-table.tsx";
import { readOne } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { sayMoment } from "../shared/words.ts";
import { Page } from "../shell/page.tsx";
import { AddDevice } from "./add-device.tsx";
import type { Device, Handed } from "./device-api.ts";
import { DeviceDialog } from "./device-dialog.tsx";
import { KINDS, sayKind, sayPlace, StandingMark } from "./device-words.tsx";
import { HandedOver } from "./setup-link.tsx";

type DeviceRow = Device & Readonly<Record<string, unknown>>;

const FILTERS: readonly FilterChoice[] = [
  { name: "kind", label: "Kind", choices: Object.entries(KINDS) },
  { name: "ambulance_id", label: "Ambulance", references: "ambulances" },
  { name: "revoked", label: "In use or revoked", choices: [["false", "In use"], ["true", "Revoked"]] },
];

/** What is open over the list. */
type Open =
  | { readonly what: "add" }
  | { readonly what: "device"; readonly device: Device }
  | { readonly what: "claim"; readonly title: string; readonly handed: Handed; readonly oldUntil: string | null }
  | null;

export function DevicesPage(): JSX.Element {
  const may = useMay();
  const [open, setOpen] = useState<Open>(null);
  const [turn, setTurn] = useState(0);
  const changed = (): void => setTurn((before) => before + 1);
  const reread = (id: number): void => {
    changed();
    readOne<Device>(`/devices/${id}?embed=ambulance`).then(
      ({ body }) => setOpen((before) => (before?.what === "device" ? { what: "device", device: body } : before)),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        setOpen(null); // it is out of sight for this person now
      },
    );
  };
  const add = may.act("devices.C") ? (
    <button class="button button--primary" type="button" data-key="n" onClick={() => setOpen({ what: "add" })}>
      <Icon name="plus" />
      Add a device
    </button>
  ) : undefined;
  const showClaim = (title: string, handed: Handed, oldUntil: string | null): void => {
    changed();
    setOpen({ what: "claim", title, handed, oldUntil });
  };
  return (
    <Page title="Devices" lead="Tablets in ambulances and sensors for physiotherapy: whatever may send to the hub." actions={add}>
      <DataTable<DeviceRow>
        label="Devices"
        path="/devices"
        fixed={{ embed: "ambulance" }}
        search="Search by name or plate"
        filters={FILTERS}
        order="name"
        csv
        inAddress
        turn={turn}
        onOpen={(device) => setOpen({ what: "device", device })}
        columns={[
          { name: "name", sorts: true },
          { name: "connected", label: "State", cell: (device) => <StandingMark device={device} /> },
          { name: "ambulance_id", label: "Belongs", cell: sayPlace },
          { name: "kind", minor: true, cell: sayKind },
          { name: "created_at", sorts: true, minor: true },
        ]}
        empty={{
          title: "No devices yet",
          text: "A device is added here first, and gets a code. Scanned by the tablet or sensor, or typed into it, the code becomes a secret of its own, and it can connect.",
          action: add,
        }}
      />
      {open?.what === "add" && (
        <AddDevice
          onClose={() => setOpen(null)}
          onAdded={(device, handed) =>
            showClaim(`${device.name} is added`, "setup_link" in handed ? handed : { ...handed, kind: device.kind }, null)
          }
        />
      )}
      {open?.what === "device" && (
        <DeviceDialog
          key={open.device.id}
          device={open.device}
          onChanged={() => reread(open.device.id)}
          onClaim={showClaim}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.what === "claim" && (
        <HandedOver title={open.title} handed={open.handed} onClose={() => setOpen(null)}>
          {open.oldUntil !== null && (
            <p class="note">
              The present secret goes on working until the device has used this{" "}
              {"setup_link" in open.handed ? "link" : "code"}, at the longest until {sayMoment(open.oldUntil)}.
            </p>
          )}
        </HandedOver>
      )}
    </Page>
  );
}
