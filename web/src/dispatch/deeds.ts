/** What a dispatcher does with one key or click: done at once, told in a toast, and taken back where that is possible. */

import { attempt } from "../shared/attempt.ts";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import * as hub from "./board-api.ts";
import type { Offer } from "./board-api.ts";
import type { CallView } from "./picture.ts";
import type { Alert, Assignment, Candidate, Suggestions } from "./shapes.ts";
import { isLive, sayStage, stagesAfter } from "./stages.ts";

const MISTAKE = "Offered by mistake";

/** Ask a unit to take a call. Throws `Problem`. */
export async function offerUnit(desk: BoardDesk, view: CallView, plate: string, offer: Offer): Promise<void> {
  const assignment = await hub.offer(view.call.id, offer);
  desk.board.putAssignment(assignment);
  let undone = false;
  const undo = (): void => {
    if (undone) return;
    undone = true;
    desk.undo.current = null;
    const now = desk.board.assignments.get(assignment.id);
    if (now !== undefined && !isLive(now)) return toast(`${plate} does not have this call any more.`);
    // a crew that has set out is not called back by a key that was meant for an offer
    if (now !== undefined && now.status !== "offered") return desk.onWindow({ kind: "withdraw", view, assignment: now });
    void attempt(async () => {
      desk.board.putAssignment(await hub.withdraw(assignment.id, MISTAKE));
      toast(`${plate} is not asked any more.`);
    });
  };
  desk.undo.current = undo;
  toast(`Offered to ${plate}.`, undo);
}

/** Who can take it, in the order of preference. */
export function eligible(suggestions: Suggestions | null): readonly Candidate[] {
  return (suggestions?.candidates ?? []).filter(({ rank }) => rank !== null);
}

/** Offer the call to the unit at `place` of the ranking; any but the first is asked for a reason. */
export function offerAt(desk: BoardDesk, view: CallView, suggestions: Suggestions | null, place: number): void {
  const chosen = eligible(suggestions)[place];
  if (chosen === undefined) return;
  const held = desk.busy.get(chosen.ambulance_id);
  const decision = suggestions?.decision_id ?? null;
  if (place > 0 || held !== undefined) {
    desk.onWindow({ kind: "overrule", view, unit: chosen.ambulance_id, decision });
    return;
  }
  const { ambulance_id, plate_number: plate } = chosen;
  void attempt(() => offerUnit(desk, view, plate, decision === null ? { ambulance_id } : { ambulance_id, decision_id: decision }));
}

/** Enter the next stage as the crew told it by radio. */
export function nextByRadio(desk: BoardDesk, assignment: Assignment): void {
  const [stage] = stagesAfter(assignment.status);
  if (stage === undefined) return;
  void attempt(async () => {
    desk.board.putAssignment(await hub.enterStage(assignment.id, { stage }));
    toast(`${assignment.ambulance.plate_number}: ${sayStage(stage).toLowerCase()}, by radio.`);
  });
}

/** Bring what an alert is about into view. */
export function showAlert(desk: BoardDesk, { request_id: call, ambulance }: Alert): void {
  if (call !== null) showCall(desk, call);
  else if (ambulance !== null) showUnit(desk, ambulance.id);
}

/** Once the panel beside it has made the map smaller, or its middle would be another. */
function panLater(desk: BoardDesk, place: { readonly latitude: number; readonly longitude: number }): void {
  requestAnimationFrame(() => requestAnimationFrame(() => desk.map?.panTo(place.latitude, place.longitude)));
}

export function showCall(desk: BoardDesk, id: string): void {
  desk.onPanel({ kind: "call", id });
  const place = desk.views.get(id)?.call.pickup_location ?? null;
  if (place !== null) panLater(desk, place);
}

export function showUnit(desk: BoardDesk, id: number): void {
  desk.onPanel({ kind: "unit", id });
  const fix = desk.store.row(id)?.fix;
  if (fix) panLater(desk, fix);
}

/** Everything that the board shows on the map. */
export function showAll(desk: BoardDesk): void {
  const calls = desk.order.flatMap(({ call }) => (call.closed_at === null && call.pickup_location ? [call.pickup_location] : []));
  const units = desk.units.flatMap(({ fix }) => (fix === null ? [] : [fix]));
  desk.map?.fit([...calls, ...units]);
}
