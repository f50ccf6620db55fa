/** What is known of a call. */

import type { JSX } from "preact";
import { coordinates } from "../format.ts";
import { Facts } from "../shell/page.tsx";
import { sayMoment, sayValue } from "../shared/words.ts";
import type { BoardDesk } from "./board-desk.ts";
import { sayPriority, timeWithSeconds } from "./marks.tsx";
import { nameOfCall } from "./picture.ts";
import type { CallView } from "./picture.ts";

const SOURCES: Readonly<Record<string, string>> = {
  phone: "By telephone",
  app: "By the patient, in the app",
  desk: "From a reception desk",
  radio: "By radio",
};

export function CallFacts({ desk, view: { call } }: { desk: BoardDesk; view: CallView }): JSX.Element {
  const place = call.pickup_location;
  const original = call.duplicate_of === null ? undefined : desk.views.get(call.duplicate_of)?.call;
  return (
    <section class="call-facts" aria-label="What is known">
      <Facts
        facts={[
          ["Caller", call.caller],
          ["Call back", call.callback_number === null ? null : <a href={`tel:${call.callback_number}`}>{call.callback_number}</a>],
          ["Patient", call.patient?.name ?? "Not linked yet"],
          ["What happened", call.complaint],
          ["Where", call.location_note],
          [
            "On the map",
            place === null ? (
              "No place yet: units are not told where to drive"
            ) : (
              <button class="link" type="button" onClick={() => desk.map?.panTo(place.latitude, place.longitude)}>
                {coordinates(place.latitude, place.longitude)}
              </button>
            ),
          ],
          ["Priority", `P${call.priority}, ${sayPriority(call.priority).toLowerCase()}`],
          ["Needs", call.needs === null ? undefined : sayValue(call.needs)],
          ["Taken to", [call.destination_facility?.name, call.destination].filter(Boolean).join(", ") || null],
          ["Notes", call.notes ?? undefined],
          ["Called", `${timeWithSeconds(call.requested_at)}, ${SOURCES[call.source] ?? call.source}`],
          ["Wanted", call.scheduled_for === null ? undefined : sayMoment(call.scheduled_for)],
          ["Cancelled", call.cancel_reason ?? undefined],
          ["Repeats", call.duplicate_of === null ? undefined : original === undefined ? "Another call" : nameOfCall(original)],
        ]}
      />
    </section>
  );
}
