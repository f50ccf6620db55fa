/** What the board shows, as the hub writes it: in the state that is read and on the channel `dispatch` alike. */

import type { DispatchRequest } from "../generated/api.ts";

export type {
  Board as BoardState,
  BoardRules as Policy,
  CrewMessage,
  DispatchAlert as Alert,
  DispatchAssignment as Assignment,
  DispatchRequest as Call,
  HandoverNote,
  Place as FoundPlace,
  PriorityRules,
  UnitRef,
} from "../generated/api.ts";

/** A unit that was looked at for a call. */
export interface Candidate {
  readonly ambulance_id: number;
  readonly plate_number: string;
  /** 1 is the first choice; null: it cannot be asked. */
  readonly rank: number | null;
  readonly eta_s: number | null;
  readonly cost_s: number | null;
  /** Seconds of the cost by what they are for. */
  readonly parts: Readonly<Record<string, number>> | null;
  /** A code; null: it can be asked. */
  readonly why_not: string | null;
  /** The same as a sentence. */
  readonly detail: string | null;
  /** Its base stands for its position. */
  readonly is_base_used: boolean;
  /** The call that it would be taken from. */
  readonly diverts: string | null;
}

export interface Suggestions {
  readonly decision_id: string | null;
  readonly travel: string;
  readonly at: string;
  readonly candidates: readonly Candidate[];
  /** The same for a person. */
  readonly words: string;
}

/** An open or recent call that may be the one that is being taken. */
export interface LikelyCall {
  readonly request: DispatchRequest;
  readonly why: readonly string[];
  readonly score: number;
  readonly distance_m: number | null;
}

/** Something that happened about a call. */
export interface Happening {
  readonly at: string;
  readonly kind: string;
  readonly what: string;
  readonly assignment_id: string | null;
  readonly ambulance: { readonly id: number; readonly plate_number: string } | null;
  readonly who: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}
