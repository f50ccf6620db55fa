/** The hub's HTTP interface of devices. */

import { call } from "../api.ts";
import { create } from "../shared/http.ts";

export interface Device {
  readonly id: number;
  readonly kind: "tablet" | "physio";
  /** The app on it: our own, or one that only says where it is. */
  readonly protocol: "hub" | "traccar" | "owntracks";
  readonly name: string;
  readonly ambulance_id?: number | null;
  /** Where it was asked for. */
  readonly ambulance?: { readonly id: number; readonly plate_number: string } | null;
  readonly facility_id?: string | null;
  readonly patient_id?: string | null;
  readonly created_at: string;
  readonly revoked_at: string | null;
  /** It has a secret that counts. */
  readonly claimed: boolean;
  readonly claim_expires_at: string | null;
  readonly last_seen_at: string | null;
  readonly connected: boolean;
  readonly joints?: readonly string[] | null;
  readonly model?: string | null;
}

/** A one-use code that is shown this once. */
export interface Claim {
  readonly claim_code: string;
  readonly claim_expires_at: string;
  /** What it is for, where the page knows. */
  readonly kind?: Device["kind"];
}

/** The link that sets up an app which knows no codes: it holds the secret, and is shown this once. */
export interface SetupLink {
  readonly setup_link: string;
}

/** What a device is set up with. */
export type Handed = Claim | SetupLink;

/** Either of them, as the hub answers. */
interface Answered {
  readonly claim_code: string | null;
  readonly claim_expires_at: string | null;
  readonly setup_link: string | null;
}

function handedOf({ claim_code, claim_expires_at, setup_link }: Answered): Handed {
  if (setup_link !== null) return { setup_link };
  return { claim_code: claim_code ?? "", claim_expires_at: claim_expires_at ?? "" };
}

export interface NewDevice {
  readonly kind: Device["kind"];
  readonly protocol?: Device["protocol"];
  readonly name: string;
  readonly ambulance_id?: number;
  readonly facility_id?: string;
  readonly model?: string;
  readonly joints?: readonly string[];
}

export type Binding =
  | { readonly ambulance_id: number | null }
  | { readonly patient_id: string | null }
  | { readonly facility_id: string | null };

export async function addDevice(order: NewDevice, key: string): Promise<{ readonly device: Device; readonly handed: Handed }> {
  const { body } = await create<Answered & { readonly device: Device }>("/devices", order, key);
  return { device: body.device, handed: handedOf(body) };
}

export const newClaimCode = (id: number): Promise<Claim> => call("POST", `/devices/${id}/claim_code`);

/** With the new code or link, the moment at which the present secret ends at the latest. */
export async function rotateSecret(id: number): Promise<{ readonly handed: Handed; readonly oldUntil: string }> {
  const answer = await call<Answered & { readonly old_secret_ends_at: string }>("POST", `/devices/${id}/rotate`);
  return { handed: handedOf(answer), oldUntil: answer.old_secret_ends_at };
}

export const revokeDevice = (id: number): Promise<Device> => call("POST", `/devices/${id}/revoke`);

export const bindDevice = (id: number, binding: Binding): Promise<Device | null> =>
  call("POST", `/devices/${id}/bind`, binding);
