/** The chosen call: who calls and from where, who has it, who could take it, and what has happened. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { Tabs } from "../shared/tabs.tsx";
import { AssignmentCard } from "./assignment-card.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { CallFacts } from "./call-facts.tsx";
import { AlertLine, CallFlags, PriorityMark, WaitTimer } from "./marks.tsx";
import { nameOfCall, wantsUnit } from "./picture.ts";
import type { CallView } from "./picture.ts";
import { isLive, isOpen, sayStage } from "./stages.ts";
import { SuggestionList } from "./suggestion-list.tsx";
import type { SuggestionsDoor } from "./suggestions.ts";
import { CrewTalk } from "./talks.tsx";
import { Timeline } from "./timeline.tsx";

export interface CallPanelProps {
  readonly desk: BoardDesk;
  readonly view: CallView;
  readonly suggestions: SuggestionsDoor;
}

export function CallPanel({ desk, view, suggestions }: CallPanelProps): JSX.Element {
  const { call, live, alerts, lead } = view;
  const [tab, setTab] = useState("call");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => setTab("call"), [call.id]);
  const tabs = [
    { name: "call", label: "Call" },
    ...(lead === null ? [] : [{ name: "crew", label: "Crew" }]),
    { name: "timeline", label: "Timeline" },
  ];
  const shown = tabs.some(({ name }) => name === tab) ? tab : "call"; // there is no crew any more once the call is over
  return (
    <section class="board-panel" aria-label="The chosen call" data-call={call.id} data-status={call.status}>
      <header class="board-panel__head">
        <PriorityMark priority={call.priority} />
        <h2 ref={heading} tabIndex={-1}>
          {nameOfCall(call)}
        </h2>
        <button class="icon-button" type="button" aria-label="Close the call" title="Close (Esc)" onClick={() => desk.onPanel(null)}>
          <Icon name="close" />
        </button>
        <p class="board-panel__sub">
          <span class="mark-of">{sayStage(isOpen(call) && lead?.status === "offered" ? "offered" : call.status)}</span>
          <WaitTimer wait={view.wait} />
        </p>
      </header>
      <div class="board-panel__body">
        <CallFlags view={view} />
        {alerts.map((alert) => (
          <AlertLine key={alert.id} alert={alert} />
        ))}
        <Tabs label="The call" tabs={tabs} chosen={shown} onChoose={setTab}>
          {shown === "call" && (
            <>
              {live.map((assignment) => (
                <AssignmentCard key={assignment.id} desk={desk} view={view} assignment={assignment} />
              ))}
              <Choice desk={desk} view={view} suggestions={suggestions} />
              <CallFacts desk={desk} view={view} />
              <Ended desk={desk} view={view} />
            </>
          )}
          {shown === "crew" && lead !== null && <CrewTalk desk={desk} ambulance={lead.ambulance.id} />}
          {shown === "timeline" && <Timeline desk={desk} view={view} />}
        </Tabs>
      </div>
      <Foot desk={desk} view={view} />
    </section>
  );
}

/** Who should go; once a unit has it, another one is looked for only when that is wanted. */
function Choice({ desk, view, suggestions }: CallPanelProps): JSX.Element | null {
  if (!isOpen(view.call)) return null;
  if (wantsUnit(view, desk.reinforced)) return <SuggestionList desk={desk} view={view} door={suggestions} />;
  return (
    <button class="button button--small call-panel__more" type="button" onClick={() => desk.onReinforced(view.call.id)}>
      Send another unit too…
    </button>
  );
}

/** Units that had it, or were asked. */
function Ended({ desk, view }: { desk: BoardDesk; view: CallView }): JSX.Element | null {
  const ended = view.assignments.filter((assignment) => !isLive(assignment));
  if (ended.length === 0) return null;
  return (
    <section class="ended" aria-label="Asked before">
      <h3>Asked before</h3>
      {ended.map((assignment) => (
        <AssignmentCard key={assignment.id} desk={desk} view={view} assignment={assignment} />
      ))}
    </section>
  );
}

function Foot({ desk, view }: { desk: BoardDesk; view: CallView }): JSX.Element {
  const open = isOpen(view.call);
  return (
    <footer class="board-panel__foot">
      <Deed label="Edit" keys="E" onClick={() => desk.onWindow({ kind: "edit", view, place: null })} />
      <Deed label="Print" keys="P" onClick={() => desk.onPrinting(view)} />
      {open && <Deed label="Duplicate" keys="D" onClick={() => desk.onWindow({ kind: "duplicate", view })} />}
      {open && <Deed label="Cancel" says="Cancel the call" keys="X" danger onClick={() => desk.onWindow({ kind: "cancel", view })} />}
    </footer>
  );
}

interface DeedProps {
  readonly label: string;
  /** To those who do not see what it stands beside. */
  readonly says?: string;
  readonly keys: string;
  readonly danger?: boolean;
  readonly onClick: () => void;
}

/** A button that says its key. */
export function Deed({ label, says, keys, danger = false, onClick }: DeedProps): JSX.Element {
  return (
    <button
      class={`button button--small${danger ? " button--danger-quiet" : ""}`}
      type="button"
      aria-label={says}
      aria-keyshortcuts={keys}
      onClick={onClick}
    >
      {label} <kbd aria-hidden="true">{keys}</kbd>
    </button>
  );
}
