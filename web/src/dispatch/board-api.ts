/** The hub's HTTP interface of dispatching. */

import { call } from "../api.ts";
import type { Advice } from "../generated/api.ts";
import { change, create, withQuery } from "../shared/http.ts";
import type { PlaceValue } from "../shared/field-values.ts";
import type * as shown from "./shapes.ts";
import type { Assignment, Call, CrewMessage } from "./shapes.ts";

export const readBoard = (): Promise<shown.BoardState> => call("GET", "/dispatch/board");

/** What is known of a call when it is taken, or is corrected later. */
export interface CallWords {
  readonly caller?: string | null;
  readonly callback_number?: string | null;
  readonly patient_id?: string | null;
  readonly complaint?: string | null;
  readonly location_note?: string | null;
  readonly notes?: string | null;
  readonly pickup_location?: PlaceValue | null;
  readonly destination?: string | null;
  readonly destination_facility_id?: string | null;
  readonly priority?: number;
  readonly needs?: string | null;
  readonly scheduled_for?: string | null;
}

/** The call, and whether it joined one that was open already. */
export async function takeCall(words: CallWords, key: string): Promise<{ readonly id: string }> {
  return (await create<{ readonly id: string }>("/ambulance_requests", words, key)).body;
}

export const changeCall = (id: string, words: CallWords): Promise<unknown> => change(`/ambulance_requests/${id}`, words, null);

const post = async <T>(path: string, body: object, key?: string): Promise<T> => (await create<T>(path, body, key)).body;

export const cancelCall = (id: string, reason: string): Promise<Call> =>
  post(`/ambulance_requests/${id}/cancel`, { reason });

export const markDuplicate = (id: string, of: string): Promise<Call> => post(`/ambulance_requests/${id}/duplicate`, { of });

export interface Offer {
  readonly ambulance_id: number;
  readonly decision_id?: string;
  readonly reason?: string;
}

export const offer = (id: string, body: Offer): Promise<Assignment> => post(`/ambulance_requests/${id}/offers`, body);

export const suggestionsFor = (id: string, signal: AbortSignal): Promise<shown.Suggestions> =>
  call("GET", `/ambulance_requests/${id}/suggestions`, undefined, { signal });

export interface StageWords {
  readonly stage: string;
  readonly at?: string;
  readonly no_transport?: boolean;
  readonly reason?: string;
}

export const enterStage = (id: string, body: StageWords): Promise<Assignment> => post(`/assignments/${id}/stages`, body);

export const withdraw = (id: string, reason: string): Promise<Assignment> => post(`/assignments/${id}/withdraw`, { reason });

export const divert = (id: string, to: string, reason: string): Promise<Assignment> =>
  post(`/assignments/${id}/divert`, { to, reason });

export const correctTimes = async (id: string, body: Readonly<Record<string, unknown>>): Promise<Assignment> =>
  (await change<Assignment>(`/assignments/${id}/times`, body, null)).body;

export const enterPaperCall = (body: object, key: string): Promise<unknown> => post("/paper_calls", body, key);

export const acknowledgeAlert = (id: string): Promise<shown.Alert> => post(`/dispatch/alerts/${id}/acknowledge`, {});

export interface LikelyQuery {
  readonly callback_number?: string | undefined;
  readonly patient_id?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly complaint?: string | undefined;
}

export const likelySame = (query: LikelyQuery, signal: AbortSignal): Promise<{ readonly items: readonly shown.LikelyCall[] }> =>
  call("GET", withQuery("/dispatch/likely", { ...query }), undefined, { signal });

export interface FoundPlaces {
  readonly items: readonly shown.FoundPlace[];
  /** A geocoder is configured, and did not answer in time. */
  readonly partial: boolean;
}

/** Places by name or address; those near `around` first. */
export const findPlaces = (q: string, around: PlaceValue | null, signal: AbortSignal): Promise<FoundPlaces> =>
  call("GET", withQuery("/places", { q, latitude: around?.latitude, longitude: around?.longitude }), undefined, { signal });

export const readTimeline = (id: string, signal: AbortSignal): Promise<{ readonly items: readonly shown.Happening[] }> =>
  call("GET", `/ambulance_requests/${id}/timeline`, undefined, { signal });

export const readTalk = (ambulance: number): Promise<{ readonly items: readonly CrewMessage[] }> =>
  call("GET", `/ambulances/${ambulance}/messages`);

export const writeToCrew = (ambulance: number, text: string, key: string): Promise<CrewMessage> =>
  post(`/ambulances/${ambulance}/messages`, { text }, key);

export const markCrewMessageRead = (id: string): Promise<CrewMessage> => post(`/crew_messages/${id}/read`, {});

export const readHandovers = (signal: AbortSignal): Promise<{ readonly items: readonly shown.HandoverNote[] }> =>
  call("GET", "/dispatch/handovers", undefined, { signal });

export const writeHandover = (note: string, key: string): Promise<shown.HandoverNote> => post("/dispatch/handovers", { note }, key);

export const readAdvice = (signal: AbortSignal): Promise<Advice> =>
  call("GET", "/dispatch/advice", undefined, { signal });

export const setDuty = (ambulance: number, status: string): Promise<unknown> =>
  change(`/ambulances/${ambulance}`, { status }, null);
