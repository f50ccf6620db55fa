/** The hub's HTTP interface as a tablet uses it: with the device's own secret, whoever is signed in beside. */

import { HttpRefusal } from "@arogya/client";
import { call } from "../api.ts";
import type { Credential } from "./credential.ts";

const TIMEOUT_MS = 10_000;

interface Claimed {
  readonly device_id: number;
  readonly ambulance: { readonly id: number; readonly plate_number: string } | null;
  readonly secret: string;
}

/** Use a claim code up. Throws `Problem`; null for a device that is in no ambulance. */
export async function claimDevice(code: string): Promise<Credential | null> {
  const claimed = await call<Claimed>("POST", "/devices/claim", { code: code.trim() });
  if (claimed.ambulance === null) return null;
  return { deviceId: claimed.device_id, secret: claimed.secret, plate: claimed.ambulance.plate_number };
}

export interface Read<T> {
  readonly body: T;
  /** How far the hub's clock is ahead of this one, ms; null where it did not say. */
  readonly aheadMs: number | null;
}

/** Read something with the device's secret. Throws `HttpRefusal`, and TypeError without a network. */
export async function readAsDevice<T>(secret: string, path: string): Promise<Read<T>> {
  const askedMs = Date.now();
  const response = await fetch(`/api/v1${path}`, {
    headers: { Accept: "application/json", Authorization: `Bearer ${secret}` },
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new HttpRefusal(response.status, 0);
  const saidMs = Date.parse(response.headers.get("Date") ?? "");
  // the header has whole seconds: half of one is added, and the answer was halfway
  const aheadMs = Number.isNaN(saidMs) ? null : saidMs + 500 - (askedMs + Date.now()) / 2;
  return { body: (await response.json()) as T, aheadMs };
}

export interface Hospital {
  readonly id: string;
  readonly name: string;
  readonly address?: string | null;
  readonly type?: string;
  readonly location?: { readonly latitude: number; readonly longitude: number } | null;
}

export const readHospitals = async (secret: string): Promise<readonly Hospital[]> =>
  (await readAsDevice<{ readonly items: readonly Hospital[] }>(secret, "/facilities?limit=100")).body.items;
