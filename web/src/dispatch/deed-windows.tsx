/** The windows in which something is done to a call that needs a reason, or another call. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk, Window } from "./board-desk.ts";
import * as hub from "./board-api.ts";
import { EditWindow } from "./edit-window.tsx";
import { HandoverWindow } from "./handover-window.tsx";
import { offerUnit, showCall } from "./deeds.ts";
import { PaperWindow } from "./paper-window.tsx";
import { nameOfCall, placeOfCall } from "./picture.ts";
import type { CallView } from "./picture.ts";
import { ReasonWindow } from "./reason-window.tsx";
import type { Assignment, Call } from "./shapes.ts";
import { StageWindow } from "./stage-window.tsx";
import { isOpen, isTaken, sayStage } from "./stages.ts";
import { TimesWindow } from "./times-window.tsx";

const OVERRULED = ["The crew knows the place", "It is nearer than it looks", "It has the right equipment", "The caller asked for it", "The others are due for a break"];
const CANCELLED = ["The caller does not need it any more", "Nobody found at the place", "False call", "Taken there by others", "The patient has died"];
const WITHDRAWN = ["Offered by mistake", "Another unit is nearer", "The unit has a fault", "Needed elsewhere"];
const DIVERTED = ["A more urgent call", "It is much nearer to the other", "Another unit takes this one"];

/** The window that is open, if one is. */
export function DeedWindow({ desk }: { desk: BoardDesk }): JSX.Element | null {
  const { window } = desk;
  const onClose = (): void => desk.onWindow(null);
  if (window === null) return null;
  if (window.kind === "handover") return <HandoverWindow desk={desk} onClose={onClose} />;
  if (window.kind === "paper") return <PaperWindow desk={desk} onClose={onClose} />;
  if (window.kind === "edit") return <EditWindow desk={desk} view={window.view} place={window.place} onClose={onClose} />;
  if (window.kind === "stage") return <StageWindow {...{ desk, onClose }} assignment={window.assignment} />;
  if (window.kind === "times") return <TimesWindow {...{ desk, onClose }} view={window.view} assignment={window.assignment} />;
  return <ReasonedWindow desk={desk} window={window} onClose={onClose} />;
}

interface ReasonedProps {
  readonly desk: BoardDesk;
  readonly window: Exclude<Window, { readonly kind: "handover" | "paper" | "edit" | "stage" | "times" }>;
  readonly onClose: () => void;
}

function ReasonedWindow({ desk, window, onClose }: ReasonedProps): JSX.Element {
  const { view } = window;
  if (window.kind === "overrule") return <Overrule {...{ desk, onClose, view }} unit={window.unit} decision={window.decision} />;
  if (window.kind === "cancel") return <Cancel {...{ onClose, view }} />;
  if (window.kind === "duplicate") return <Duplicate {...{ desk, onClose, view }} />;
  if (window.kind === "withdraw") return <Withdraw {...{ desk, onClose }} assignment={window.assignment} />;
  return <Divert {...{ desk, onClose, view }} assignment={window.assignment} />;
}

interface CallWindowProps {
  readonly desk: BoardDesk;
  readonly view: CallView;
  readonly onClose: () => void;
}

/** A unit that was not the first choice, or that has another call. */
function Overrule({ desk, view, unit, decision, onClose }: CallWindowProps & { unit: number; decision: string | null }): JSX.Element {
  const held = desk.busy.get(unit);
  const plate = held?.ambulance.plate_number ?? desk.store.row(unit)?.unit.plateNumber ?? "The unit";
  const other = held === undefined ? undefined : desk.views.get(held.request_id)?.call;
  // while somebody thinks, the hub or another desk may have sent one
  const taken = desk.views.get(view.call.id)?.live ?? [];
  return (
    <ReasonWindow
      title={held === undefined ? `Offer to ${plate}` : `Take ${plate} from its call`}
      deed={held === undefined ? "Offer" : "Divert"}
      reasons={held === undefined ? OVERRULED : DIVERTED}
      onClose={onClose}
      onReason={async (reason) => {
        if (held === undefined) {
          const body = { ambulance_id: unit, reason, ...(decision === null ? {} : { decision_id: decision }) };
          await offerUnit(desk, view, plate, body);
        } else {
          desk.board.putAssignment(await hub.divert(held.id, view.call.id, reason));
          toast(`${plate} is offered this call instead.`);
        }
      }}
    >
      {other === undefined ? (
        <p>Why this unit, and not the first one of the list? It is kept with the choice.</p>
      ) : (
        <p>
          It is {held === undefined ? "" : sayStage(held.status).toLowerCase()} for “{nameOfCall(other)}” (P{other.priority}), which then
          waits for another unit.
        </p>
      )}
      {taken.map(({ id, ambulance, status }) => (
        <p key={id} class="note note--error" role="alert">
          <Icon name="warning" />
          {ambulance.plate_number} has this call already ({sayStage(status).toLowerCase()}): {plate} would go too.
        </p>
      ))}
    </ReasonWindow>
  );
}

function Cancel({ view, onClose }: Omit<CallWindowProps, "desk">): JSX.Element {
  const { call, live } = view;
  return (
    <ReasonWindow
      title="Cancel the call"
      deed="Cancel the call"
      danger
      reasons={CANCELLED}
      onClose={onClose}
      onReason={async (reason) => {
        await hub.cancelCall(call.id, reason);
        toast("The call is cancelled.");
      }}
    >
      <p>
        “{nameOfCall(call)}” ends. {live.map(({ ambulance }) => ambulance.plate_number).join(", ")}
        {live.length > 0 && " will be recalled."}
      </p>
    </ReasonWindow>
  );
}

function Withdraw({ desk, assignment, onClose }: Omit<CallWindowProps, "view"> & { assignment: Assignment }): JSX.Element {
  const { id, ambulance, status } = assignment;
  const live = desk.views.get(assignment.request_id)?.live.filter((other) => other.id !== id && isTaken(other)) ?? [];
  const others = live.map((other) => other.ambulance.plate_number);
  return (
    <ReasonWindow
      title={`Withdraw ${ambulance.plate_number}`}
      deed="Withdraw"
      danger
      reasons={WITHDRAWN}
      onClose={onClose}
      onReason={async (reason) => {
        desk.board.putAssignment(await hub.withdraw(id, reason));
        toast(`${ambulance.plate_number} is recalled.`);
      }}
    >
      <p>
        The unit is {sayStage(status).toLowerCase()}. Its tablet is told
        {others.length === 0 ? ", and the call waits for another unit." : `. Still on the call: ${others.join(", ")}.`}
      </p>
    </ReasonWindow>
  );
}

function Duplicate({ desk, view, onClose }: CallWindowProps): JSX.Element {
  const [of, setOf] = useState("");
  const others = desk.order.filter(({ call }) => call.id !== view.call.id);
  return (
    <ReasonWindow
      title="Mark as a duplicate"
      deed="Mark"
      waits={of === ""}
      reasons={["It is the same call"]}
      onClose={onClose}
      onReason={async () => {
        await hub.markDuplicate(view.call.id, of);
        toast("Marked as a duplicate.");
        showCall(desk, of);
      }}
    >
      <CallChoice label="It repeats" calls={others.map(({ call }) => call)} value={of} onValue={setOf} />
    </ReasonWindow>
  );
}

function Divert({ desk, view, assignment, onClose }: CallWindowProps & { assignment: Assignment }): JSX.Element {
  const [to, setTo] = useState("");
  const others = desk.order.filter(({ call }) => isOpen(call) && call.id !== view.call.id);
  return (
    <ReasonWindow
      title={`Divert ${assignment.ambulance.plate_number}`}
      deed="Divert"
      waits={to === ""}
      reasons={DIVERTED}
      onClose={onClose}
      onReason={async (reason) => {
        desk.board.putAssignment(await hub.divert(assignment.id, to, reason));
        toast(`${assignment.ambulance.plate_number} is offered the other call.`);
        showCall(desk, to);
      }}
    >
      <CallChoice label="To" calls={others.map(({ call }) => call)} value={to} onValue={setTo} />
      <p>“{nameOfCall(view.call)}” then waits for another unit.</p>
    </ReasonWindow>
  );
}

interface CallChoiceProps {
  readonly label: string;
  readonly calls: readonly Call[];
  readonly value: string;
  readonly onValue: (id: string) => void;
}

function CallChoice({ label, calls, value, onValue }: CallChoiceProps): JSX.Element {
  if (calls.length === 0) return <p class="note">There is no other call on the board.</p>;
  return (
    <label class="field">
      <span>{label}</span>
      <select autofocus value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">Choose a call…</option>
        {calls.map((call) => (
          <option key={call.id} value={call.id}>
            P{call.priority} {nameOfCall(call)}, {placeOfCall(call)} ({sayStage(call.status).toLowerCase()})
          </option>
        ))}
      </select>
    </label>
  );
}
