/** Small signs that stand in several places of the board. */

import type { JSX } from "preact";
import { clockTime } from "../format.ts";
import { Icon } from "../icons.tsx";
import { sayAlert } from "./alert-words.ts";
import type { CallView } from "./picture.ts";
import type { Alert, Assignment } from "./shapes.ts";
import { sayStage } from "./stages.ts";
import { etaS, offerLeftS, sayEta, sayTravel, stopwatch } from "./timers.ts";
import type { Wait } from "./timers.ts";

const PRIORITIES: Readonly<Record<number, string>> = { 1: "Critical", 2: "Emergent", 3: "Lower", 4: "Scheduled" };

export function sayPriority(priority: number): string {
  return PRIORITIES[priority] ?? `Priority ${priority}`;
}

export function PriorityMark({ priority }: { priority: number }): JSX.Element {
  return (
    <span class={`priority priority--${priority}`} title={`P${priority}, ${sayPriority(priority).toLowerCase()}`}>
      P{priority}
      <span class="visually-hidden"> {sayPriority(priority).toLowerCase()}</span>
    </span>
  );
}

/** How long it has waited, against its target. */
export function WaitTimer({ wait }: { wait: Wait }): JSX.Element {
  const { waitedS, targetS, standing } = wait;
  const part = Math.max(0, Math.min(1, waitedS / targetS));
  const words = {
    ahead: `wanted in ${sayTravel(-waitedS)}`,
    well: `waits for ${sayTravel(waitedS)}, the target is ${sayTravel(targetS)}`,
    close: `waits for ${sayTravel(waitedS)}, close to the target of ${sayTravel(targetS)}`,
    late: `${sayTravel(waitedS)}, later than the target of ${sayTravel(targetS)}`,
    reached: `reached after ${sayTravel(waitedS)}, within ${sayTravel(targetS)}`,
  }[standing];
  return (
    <span class={`wait wait--${standing}`} title={words}>
      <span class="visually-hidden">{words}</span>
      <span aria-hidden="true">
        {standing === "ahead" ? `−${stopwatch(waitedS)}` : stopwatch(waitedS)}
        <small> / {stopwatch(targetS)}</small>
      </span>
      <span class="wait__bar" aria-hidden="true">
        <span style={{ width: `${Math.round(part * 100)}%` }} />
      </span>
    </span>
  );
}

/** What a unit does about a call, and what of it runs: the offer's end, or its arrival. */
export function UnitChip({ assignment, nowMs }: { assignment: Assignment; nowMs: number }): JSX.Element {
  const left = offerLeftS(assignment, nowMs);
  const coming = assignment.status === "accepted" || assignment.status === "en_route" || assignment.status === "transporting";
  const eta = coming ? etaS(assignment.eta_at, nowMs) : null;
  return (
    <span class={`unit-chip unit-chip--${assignment.status}`}>
      <b>{assignment.ambulance.plate_number}</b> {sayStage(assignment.status).toLowerCase()}
      {left !== null && <span class="unit-chip__clock">{stopwatch(left)}</span>}
      {eta !== null && <span class="unit-chip__clock">{sayEta(eta)}</span>}
    </span>
  );
}

/** How far an offer has come: sent, on the tablet, on its screen. */
export function sayDelivery(assignment: Assignment): string {
  if (assignment.seen_at !== null) return `seen at ${timeWithSeconds(assignment.seen_at)}`;
  if (assignment.delivered_at !== null) return `on the tablet since ${timeWithSeconds(assignment.delivered_at)}`;
  return "not on a tablet yet";
}

/** On the wall clock here, with seconds. */
export function timeWithSeconds(iso: string): string {
  return clockTime(Date.parse(iso) * 1000);
}

export function AlertLine({ alert }: { alert: Alert }): JSX.Element {
  return (
    <span class={`alert-line alert-line--${alert.severity}`}>
      <Icon name="warning" />
      <span>
        {sayAlert(alert)}
        {alert.acknowledged_by !== null && <small> {alert.acknowledged_by} takes care of it.</small>}
      </span>
    </span>
  );
}

/** Flags of a call that change what one does with it. */
export function CallFlags({ view: { call } }: { view: CallView }): JSX.Element | null {
  const flags = [
    !call.is_verified && ["received", "queued", "assigned"].includes(call.status) && "Unverified account: call back first",
    call.back_entered && "From paper",
    call.source === "app" && "From the app",
    call.scheduled_for !== null && `For ${timeWithSeconds(call.scheduled_for)}`,
  ].filter((flag): flag is string => typeof flag === "string");
  if (flags.length === 0) return null;
  return (
    <span class="call-flags">
      {flags.map((flag) => (
        <span key={flag} class={`flag${flag.startsWith("Unverified") ? " flag--warn" : ""}`}>
          {flag}
        </span>
      ))}
    </span>
  );
}
