/** A call on one sheet of paper: for the crew, for the file, and for when the hub is away. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { coordinates, TIME_ZONE } from "../format.ts";
import { sayMoment, sayValue } from "../shared/words.ts";
import { sayPriority, timeWithSeconds } from "./marks.tsx";
import { nameOfCall } from "./picture.ts";
import type { CallView } from "./picture.ts";
import { sayStage, STAGES, timeOf } from "./stages.ts";

/** Printed as soon as it is there. */
export function PrintedSheet({ view, onPrinted }: { view: CallView; onPrinted: () => void }): JSX.Element {
  useEffect(() => {
    addEventListener("afterprint", onPrinted);
    const frame = requestAnimationFrame(() => print());
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("afterprint", onPrinted);
    };
  }, []);
  return <CallSheet view={view} />;
}

export function CallSheet({ view: { call, assignments } }: { view: CallView }): JSX.Element {
  const place = call.pickup_location;
  const facts: readonly (readonly [string, string])[] = [
    ["Called", `${sayMoment(call.requested_at)} (${timeWithSeconds(call.requested_at)} ${TIME_ZONE})`],
    ["Priority", `P${call.priority}, ${sayPriority(call.priority).toLowerCase()}`],
    ["Needs", call.needs === null ? "" : sayValue(call.needs)],
    ["Caller", call.caller ?? ""],
    ["Call back", call.callback_number ?? ""],
    ["Patient", call.patient?.name ?? ""],
    ["What happened", call.complaint ?? ""],
    ["Where", call.location_note ?? ""],
    ["Coordinates", place === null ? "" : coordinates(place.latitude, place.longitude)],
    ["Taken to", [call.destination_facility?.name, call.destination].filter(Boolean).join(", ")],
    ["Notes", call.notes ?? ""],
    ["Status", call.cancel_reason === null ? sayStage(call.status) : `${sayStage(call.status)}: ${call.cancel_reason}`],
  ];
  return (
    <article class="call-sheet" aria-label="Call sheet">
      <header>
        <h1>{nameOfCall(call)}</h1>
        <p>
          Call {call.id}
          {call.back_entered && ", entered afterwards from paper"}
        </p>
      </header>
      <table>
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Units</h2>
      <table class="call-sheet__units">
        <thead>
          <tr>
            <th scope="col">Unit</th>
            {STAGES.map((stage) => (
              <th key={stage} scope="col">
                {sayStage(stage)}
              </th>
            ))}
            <th scope="col">Ended</th>
          </tr>
        </thead>
        <tbody>
          {assignments.map((assignment) => (
            <tr key={assignment.id}>
              <th scope="row">{assignment.ambulance.plate_number}</th>
              {STAGES.map((stage) => {
                const at = timeOf(assignment, stage);
                return <td key={stage}>{at === null ? (assignment.skipped.includes(stage) ? "passed over" : "") : timeWithSeconds(at)}</td>;
              })}
              <td>{sayStage(assignment.status)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="call-sheet__foot">Times in {TIME_ZONE}. Signature:</p>
    </article>
  );
}
