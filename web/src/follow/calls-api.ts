/** The hub's HTTP interface for those who call an ambulance, and follow it. */

import { call } from "../api.ts";
import type { PlaceValue } from "../shared/field-values.ts";
import { create, readOne, readPage } from "../shared/http.ts";

/** What the person may read of a call; the rest is absent. */
export interface OwnRequest {
  readonly id: string;
  readonly status: string;
  readonly requested_at: string;
  readonly pickup_location?: PlaceValue | null;
  readonly location_note?: string | null;
  readonly complaint?: string | null;
  readonly destination?: string | null;
  readonly ambulance?: { readonly id: number; readonly plate_number: string } | null;
  readonly eta_at?: string | null;
  readonly closed_at?: string | null;
  readonly cancel_reason?: string | null;
}

export interface NewCall {
  readonly pickup_location?: PlaceValue;
  readonly location_note?: string;
  readonly complaint?: string;
  readonly callback_number?: string;
  readonly caller?: string;
  readonly patient_id?: string;
  readonly priority?: number;
}

/** Somewhere that people can name. */
export interface FoundPlace extends PlaceValue {
  readonly name: string;
  readonly kind: string;
  readonly address: string | null;
}

const PATH = "/ambulance_requests";

/** Sent twice with one key it is one call; a second call within minutes joins the first. */
export const callAmbulance = async (draft: NewCall, key: string): Promise<OwnRequest> =>
  (await create<OwnRequest>(PATH, draft, key)).body;

export const readCall = async (id: string): Promise<OwnRequest> => (await readOne<OwnRequest>(`${PATH}/${id}?embed=ambulance`)).body;

export const readCalls = async (): Promise<readonly OwnRequest[]> =>
  (await readPage<OwnRequest>(PATH, { sort: "-requested_at", limit: 20, embed: "ambulance" })).items;

export const cancelCall = (id: string, reason: string): Promise<unknown> => call("POST", `${PATH}/${id}/cancel`, { reason });

/** Places called so, those near `around` first. */
export const findPlaces = async (q: string, around: PlaceValue | null, signal: AbortSignal): Promise<readonly FoundPlace[]> => {
  const near = around === null ? {} : { latitude: around.latitude, longitude: around.longitude };
  return (await readPage<FoundPlace>("/places", { q, ...near }, signal)).items;
};
