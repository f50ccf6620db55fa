/** What the hub says of a tablet's own ambulance, as the page keeps it. */

import type { CallDetails } from "@arogya/client";
import type { Crew, Note, Offer, OwnCall, Truth } from "./crew-state.ts";
import { STAGES } from "./stages.ts";
import type { At } from "./stages.ts";

/** GET /crew/state; times are ISO 8601, and what is null has not happened. */
export interface CrewStateBody {
  readonly ambulance: { readonly id: number; readonly plate_number: string; readonly status: string };
  readonly assignment: AssignmentBody | null;
  readonly messages: readonly MessageBody[];
}

export interface AssignmentBody {
  readonly id: string;
  readonly status: string;
  readonly offer_expires_at?: string | null;
  readonly eta_at?: string | null;
  readonly [time: `${string}_at`]: string | null | undefined;
  /** As the commands `offer` and `call` say it. */
  readonly call: CallDetails;
}

export interface MessageBody {
  readonly message: string;
  readonly text: string;
  readonly from: string;
  readonly sent_at: number;
}

export function truthOf({ ambulance, assignment, messages }: CrewStateBody): Truth {
  const isOffer = assignment?.status === "offered";
  return {
    duty: dutyOf(ambulance.status),
    offer: assignment !== null && isOffer ? offerOf(assignment) : null,
    call: assignment !== null && !isOffer ? callOf(assignment) : null,
    notes: messages.map(noteOf),
  };
}

/** Null for a status that says nothing about it: the crew of a unit with a call is on duty. */
function dutyOf(status: string): Crew["duty"] | null {
  return status === "out_of_service" ? "out_of_service" : "available";
}

function offerOf({ call, offer_expires_at, eta_at }: AssignmentBody): Offer {
  const etaS = typeof eta_at === "string" ? Math.max(0, (Date.parse(eta_at) - Date.now()) / 1000) : null;
  return { details: call, expiresAtMs: typeof offer_expires_at === "string" ? Date.parse(offer_expires_at) : null, etaS };
}

function callOf(assignment: AssignmentBody): OwnCall {
  const times: Partial<Record<At, number>> = {};
  for (const stage of ["accepted", ...STAGES] as const) {
    const at = assignment[`${stage}_at`];
    if (typeof at === "string") times[stage] = Date.parse(at);
  }
  return { details: assignment.call, at: assignment.status as At, times };
}

function noteOf({ message: id, text, from, sent_at }: MessageBody): Note {
  return { id, text, from, mine: false, atMs: sent_at / 1000, read: false };
}
