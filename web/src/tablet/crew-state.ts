/** What a crew's tablet knows of its calls, and what each event makes of it. Pure: no clock, no network, no storage. */

import type { CallDetails, CommandBodies, Report, ReportAnswer, Stage } from "@arogya/client";
import { furtherOf, isAt, STAGE_WORDS } from "./stages.ts";
import type { At } from "./stages.ts";

/** What is known of a call; `stage` is how far it is as the hub knows it. */
export type Details = CallDetails & {
  readonly stage?: string;
  readonly patient_age_band?: string;
  readonly patient_phone?: string;
};

/** Milliseconds since 1970 by the device's clock, unless a name says otherwise. */
export interface Offer {
  readonly details: Details;
  /** By the hub's clock; null: it stands until it is withdrawn. */
  readonly expiresAtMs: number | null;
  readonly etaS: number | null;
}

export interface OwnCall {
  readonly details: Details;
  readonly at: At;
  /** When the crew tapped each stage. */
  readonly times: Readonly<Partial<Record<At, number>>>;
}

/** A stage that was tapped and can still be taken back. */
export interface Pending {
  readonly assignment: string;
  readonly stage: Stage;
  readonly noTransport: boolean;
  readonly atMs: number;
  /** When it is sent. */
  readonly dueMs: number;
}

/** Something that the crew has to know at once, and says that it does. */
export interface Loud {
  readonly title: string;
  readonly words: string;
  /** A call that they had is over; otherwise something that they said did not count. */
  readonly kind: "recall" | "refused";
}

export interface Note {
  readonly id: string;
  readonly mine: boolean;
  readonly from: string;
  readonly text: string;
  readonly atMs: number;
  /** The crew has read it; their own ones are. */
  readonly read: boolean;
}

export interface DoneCall {
  readonly assignment: string;
  readonly priority: number;
  readonly atMs: number;
  readonly words: string;
}

export interface Crew {
  readonly duty: "available" | "out_of_service";
  readonly offer: Offer | null;
  readonly call: OwnCall | null;
  readonly pending: Pending | null;
  readonly loud: Loud | null;
  readonly notes: readonly Note[];
  /** Of this shift, newest first. */
  readonly done: readonly DoneCall[];
  /** The newest call for help that a dispatcher has heard, and who it was. */
  readonly heard: { readonly alarm: string; readonly by: string } | null;
}

export const NO_CREW: Crew = {
  duty: "available",
  offer: null,
  call: null,
  pending: null,
  loud: null,
  notes: [],
  done: [],
  heard: null,
};

const NOTES_MAX = 100;
const DONE_MAX = 30;

export type Told =
  | { readonly kind: "offer"; readonly body: CommandBodies["offer"] }
  | { readonly kind: "recall"; readonly body: CommandBodies["recall"] }
  | { readonly kind: "call"; readonly body: CommandBodies["call"] }
  | { readonly kind: "message"; readonly body: CommandBodies["message"] }
  | { readonly kind: "sos_seen"; readonly body: { readonly alarm: string; readonly by: string } };

/** Take a command of the hub; the same one again changes nothing. */
export function told(crew: Crew, command: Told, nowMs: number): Crew {
  switch (command.kind) {
    case "offer":
      return offered(crew, command.body);
    case "recall":
      return recalled(crew, command.body.assignment, command.body.reason, nowMs);
    case "call":
      return detailed(crew, command.body);
    case "message":
      return noted(crew, noteOf(command.body));
    case "sos_seen":
      return { ...crew, heard: { alarm: command.body.alarm, by: command.body.by } };
  }
}

function offered(crew: Crew, body: CommandBodies["offer"]): Crew {
  if (crew.call?.details.assignment === body.assignment) return crew; // sounded again, and accepted meanwhile
  return { ...crew, offer: offerOf(body) };
}

export function offerOf({ expires_at, eta_s, offered_at: _, ...details }: CommandBodies["offer"]): Offer {
  return { details, expiresAtMs: expires_at === undefined ? null : expires_at / 1000, etaS: eta_s ?? null };
}

export function callOf(details: Details): OwnCall {
  return { details, at: isAt(details.stage) ? details.stage : "accepted", times: {} };
}

export function noteOf({ message: id, text, from, sent_at }: CommandBodies["message"]): Note {
  return { id, text, from, mine: false, atMs: sent_at / 1000, read: false };
}

function recalled(crew: Crew, assignment: string, reason: string, nowMs: number): Crew {
  if (crew.offer?.details.assignment === assignment) return { ...crew, offer: null, loud: withdrawn(reason) };
  if (crew.call?.details.assignment !== assignment) return crew;
  const loud: Loud = { kind: "recall", title: "Call cancelled", words: reason };
  return { ...ended(crew, "Cancelled", nowMs), loud };
}

function withdrawn(reason: string): Loud {
  return { kind: "refused", title: "Offer withdrawn", words: reason };
}

/** More is known of a call, or somebody said by radio, or on another tablet, how far it is. */
function detailed(crew: Crew, details: Details): Crew {
  const { offer, call } = crew;
  if (call?.details.assignment === details.assignment) {
    return { ...crew, call: { ...call, details, at: furtherOf(call.at, details.stage) } };
  }
  const mine = offer?.details.assignment === details.assignment;
  if (isAt(details.stage)) return { ...crew, offer: mine ? null : offer, call: callOf(details) };
  return mine && offer !== null ? { ...crew, offer: { ...offer, details } } : crew;
}

/** A message, theirs or ours; each is there once. */
export function noted(crew: Crew, note: Note): Crew {
  if (crew.notes.some(({ id }) => id === note.id)) return crew;
  return { ...crew, notes: [...crew.notes, note].slice(-NOTES_MAX) };
}

export function allRead(crew: Crew): Crew {
  return { ...crew, notes: crew.notes.map((note) => (note.read ? note : { ...note, read: true })) };
}

/** The crew takes the offer: it is theirs until the hub says otherwise. */
export function accepted(crew: Crew, atMs: number): Crew {
  if (crew.offer === null) return crew;
  return { ...crew, offer: null, call: { details: crew.offer.details, at: "accepted", times: { accepted: atMs } } };
}

export function withoutOffer(crew: Crew): Crew {
  return { ...crew, offer: null };
}

/** A stage was tapped: it counts once the moment for taking it back is over. */
export function tapped(crew: Crew, stage: Stage, noTransport: boolean, atMs: number, undoMs: number): Crew {
  if (crew.call === null) return crew;
  const { assignment } = crew.call.details;
  return { ...crew, pending: { assignment, stage, noTransport, atMs, dueMs: atMs + undoMs } };
}

export function takenBack(crew: Crew): Crew {
  return { ...crew, pending: null };
}

/** The tapped stage counts now. */
export function settled(crew: Crew): Crew {
  const { pending, call } = crew;
  if (pending === null || call?.details.assignment !== pending.assignment) return { ...crew, pending: null };
  const times = { ...call.times, [pending.stage]: pending.atMs };
  const moved = { ...crew, pending: null, call: { ...call, at: pending.stage, times } };
  if (pending.stage !== "cleared") return moved;
  return ended(moved, pending.noTransport ? "Cleared, no transport" : "Cleared", pending.atMs);
}

/** The call is over: nothing of the patient stays on the tablet. */
function ended(crew: Crew, words: string, atMs: number): Crew {
  if (crew.call === null) return crew;
  const { assignment, priority } = crew.call.details;
  const others = crew.done.filter((one) => one.assignment !== assignment);
  const done = [{ assignment, priority, words, atMs }, ...others].slice(0, DONE_MAX);
  return { ...crew, call: null, pending: null, done };
}

/** Take the hub's answer to something that the crew said; only a refusal changes what is shown. */
export function answered(crew: Crew, answer: ReportAnswer, report: Report, nowMs: number): Crew {
  if (answer.status === "done") return crew;
  const words = answer.detail ?? "The hub did not take it.";
  if (report.kind === "duty") return { ...crew, duty: other(report.body.status), loud: refused("Duty not changed", words) };
  if (report.kind === "accept") return lost(crew, report.body.assignment, words, nowMs);
  if (report.kind === "stage") {
    const title = `“${STAGE_WORDS[report.body.stage].state}” did not count`;
    return { ...crew, loud: refused(title, words) };
  }
  if (report.kind === "destination") return { ...crew, loud: refused("Destination not changed", words) };
  return crew;
}

function lost(crew: Crew, assignment: string, words: string, nowMs: number): Crew {
  const mine = crew.call?.details.assignment === assignment;
  const after = mine ? { ...ended(crew, "Not ours", nowMs) } : crew;
  return { ...after, loud: { kind: "recall", title: "This call is not yours", words } };
}

function refused(title: string, words: string): Loud {
  return { kind: "refused", title, words };
}

function other(duty: Crew["duty"]): Crew["duty"] {
  return duty === "available" ? "out_of_service" : "available";
}

/** How things stand at the hub; it is believed once nothing that the crew said is on its way. */
export interface Truth {
  readonly duty: Crew["duty"];
  readonly offer: Offer | null;
  readonly call: OwnCall | null;
  readonly notes: readonly Note[];
}

export function reconciled(crew: Crew, truth: Truth, nowMs: number): Crew {
  const mine = crew.call?.details.assignment;
  const gone = mine !== undefined && truth.call?.details.assignment !== mine;
  const before = gone ? ended(crew, "Ended by the hub", nowMs) : crew;
  const loud: Loud | null = gone && crew.loud === null ? { kind: "recall", title: "Call over", words: "The hub has ended it." } : crew.loud;
  const times = { ...truth.call?.times, ...(gone ? {} : before.call?.times) };
  const call = truth.call === null ? null : { ...truth.call, times };
  const known = new Set(crew.notes.map(({ id }) => id));
  const notes = [...before.notes, ...truth.notes.filter(({ id }) => !known.has(id))].slice(-NOTES_MAX);
  return { ...before, loud, duty: truth.duty, offer: truth.offer, call, pending: before.pending, notes };
}
