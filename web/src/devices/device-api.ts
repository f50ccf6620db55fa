/** The hub's HTTP interface of devices. */

import { call } from "../api.ts";
import { create } from "../shared/http.ts";

export interface Device {
  readonly id: number;
  readonly kind: "tablet" | "physio";
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

export interface NewDevice {
  readonly kind: Device["kind"];
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

export const addDevice = async (device: NewDevice, key: string): Promise<Claim & { readonly device: Device }> =>
  (await create<Claim & { readonly device: Device }>("/devices", device, key)).body;

export const newClaimCode = (id: number): Promise<Claim> => call("POST", `/devices/${id}/claim_code`);

/** With the new code, the moment at which the present secret ends at the latest. */
export const rotateSecret = (id: number): Promise<Claim & { readonly old_secret_ends_at: string }> => call("POST", `/devices/${id}/rotate`);

export const revokeDevice = (id: number): Promise<Device> => call("POST", `/devices/${id}/revoke`);

export const bindDevice = (id: number, binding: Binding): Promise<Device | null> =>
  call("POST", `/devices/${id}/bind`, binding);
