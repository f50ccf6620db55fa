/** A unit and the call that it has, or was asked to take: its stages with their times, and what can be done by radio. */

import type { JSX } from "preact";
import type { BoardDesk } from "./board-desk.ts";
import { nextByRadio, showUnit } from "./deeds.ts";
import { sayDelivery, timeWithSeconds } from "./marks.tsx";
import type { CallView } from "./picture.ts";
import type { Assignment } from "./shapes.ts";
import { isLive, isTaken, noticedOf, sayStage, STAGES, stagesAfter, timeOf } from "./stages.ts";
import { etaS, offerLeftS, sayEta, stopwatch } from "./timers.ts";

export interface AssignmentCardProps {
  readonly desk: BoardDesk;
  readonly view: CallView;
  readonly assignment: Assignment;
}

export function AssignmentCard({ desk, view, assignment }: AssignmentCardProps): JSX.Element {
  const { ambulance, status } = assignment;
  const live = isLive(assignment);
  return (
    <article class={`assignment assignment--${status}`} aria-label={`${ambulance.plate_number}: ${sayStage(status)}`}>
      <header>
        <button class="link assignment__plate" type="button" onClick={() => showUnit(desk, ambulance.id)}>
          {ambulance.plate_number}
        </button>
        <span class="mark-of" data-stage={status}>
          {sayStage(status)}
        </span>
        <Running assignment={assignment} nowMs={desk.nowMs} />
      </header>
      {status === "offered" && <p class="quiet">The offer is {sayDelivery(assignment)}.</p>}
      <EndReason assignment={assignment} />
      <StageTimes assignment={assignment} />
      {live && <Deeds desk={desk} view={view} assignment={assignment} />}
      {desk.may.act("assignments.U.times") && assignment.accepted_at !== null && (
        <button class="link assignment__times" type="button" onClick={() => desk.onWindow({ kind: "times", view, assignment })}>
          Correct times
        </button>
      )}
    </article>
  );
}

function Running({ assignment, nowMs }: { assignment: Assignment; nowMs: number }): JSX.Element | null {
  const left = offerLeftS(assignment, nowMs);
  if (left !== null) return <span class="assignment__clock" title="Until the offer ends">{stopwatch(left)}</span>;
  const eta = isTaken(assignment) ? etaS(assignment.eta_at, nowMs) : null;
  if (eta === null || assignment.status === "on_scene" || assignment.status === "at_destination") return null;
  return (
    <span class={`assignment__clock${eta < 0 ? " assignment__clock--late" : ""}`}>
      {sayEta(eta)}
      {assignment.eta_at !== null && <small> {timeWithSeconds(assignment.eta_at)}</small>}
    </span>
  );
}

function EndReason({ assignment }: { assignment: Assignment }): JSX.Element | null {
  const reason = assignment.decline_reason ?? assignment.cancel_reason;
  return reason === null ? null : <p class="assignment__reason">{reason}</p>;
}

/** Each stage with its time; what was passed over says so, and what fixes noticed before the crew did. */
function StageTimes({ assignment }: { assignment: Assignment }): JSX.Element {
  const { status, skipped } = assignment;
  const ended = isLive(assignment) || status === "cleared" ? null : status;
  const reached = STAGES.filter((stage) => timeOf(assignment, stage) !== null || skipped.includes(stage));
  const stages = ended === null ? reached : [...reached, ended];
  return (
    <ol class="stage-times">
      {stages.map((stage) => {
        const [at, noticed] = [timeOf(assignment, stage), noticedOf(assignment, stage)];
        return (
          <li key={stage} data-stage={stage}>
            <span>{stage === "cleared" && assignment.no_transport ? "Cleared, nobody taken along" : sayStage(stage)}</span>
            {at === null ? <em>passed over</em> : <time dateTime={at}>{timeWithSeconds(at)}</time>}
            {noticed !== null && <small>position says {timeWithSeconds(noticed)}</small>}
          </li>
        );
      })}
      <NoticedNext assignment={assignment} />
    </ol>
  );
}

/** What fixes say already, and the crew has not. */
function NoticedNext({ assignment }: { assignment: Assignment }): JSX.Element | null {
  const [next] = stagesAfter(assignment.status).filter((stage) => noticedOf(assignment, stage) !== null);
  const at = next === undefined ? null : noticedOf(assignment, next);
  if (next === undefined || at === null) return null;
  return (
    <li class="stage-times__noticed" data-stage={next}>
      <span>{sayStage(next)}?</span>
      <small>position says {timeWithSeconds(at)}</small>
    </li>
  );
}

function Deeds({ desk, view, assignment }: AssignmentCardProps): JSX.Element {
  const [next, ...others] = stagesAfter(assignment.status);
  const keyed = view.lead?.id === assignment.id; // the key means the unit that is furthest
  return (
    <div class="assignment__deeds">
      {next !== undefined && (
        <button
          class="button button--small"
          type="button"
          aria-keyshortcuts={keyed ? "R" : undefined}
          onClick={() => nextByRadio(desk, assignment)}
        >
          By radio: {sayStage(next).toLowerCase()} {keyed && <kbd aria-hidden="true">R</kbd>}
        </button>
      )}
      {(others.length > 0 || next !== undefined) && (
        <button class="button button--small" type="button" onClick={() => desk.onWindow({ kind: "stage", view, assignment })}>
          Other stage or time…
        </button>
      )}
      {isTaken(assignment) && (
        <button class="button button--small" type="button" onClick={() => desk.onWindow({ kind: "divert", view, assignment })}>
          Divert…
        </button>
      )}
      <button class="button button--small" type="button" onClick={() => desk.onWindow({ kind: "withdraw", view, assignment })}>
        Withdraw…
      </button>
    </div>
  );
}
