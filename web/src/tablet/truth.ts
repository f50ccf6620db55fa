/** What the hub says of a tablet's own ambulance, as the page keeps it. */

import type { CommandBodies } from "@arogya/client";
import { callOf, noteOf, offerOf } from "./crew-state.ts";
import type { Crew, Details, Truth } from "./crew-state.ts";

/** GET /crew/state: `offer` and `call` are the bodies of the commands of these names, and so are the messages. */
export interface CrewStateBody {
  readonly unit: { readonly id: number; readonly plate_number: string; readonly status: string };
  readonly offer: CommandBodies["offer"] | null;
  readonly call: Details | null;
  readonly messages: readonly CommandBodies["message"][];
}

export function truthOf({ unit, offer, call, messages }: CrewStateBody): Truth {
  return {
    duty: dutyOf(unit.status),
    offer: offer === null ? null : offerOf(offer),
    call: call === null ? null : callOf(call),
    notes: messages.map(noteOf),
  };
}

/** The crew of a unit with a call, or one that was not heard of for a while, is on duty. */
function dutyOf(status: string): Crew["duty"] {
  return status === "out_of_service" ? "out_of_service" : "available";
}
