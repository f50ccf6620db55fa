/** The calls in the order in which they are to be dealt with. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { BoardDesk } from "./board-desk.ts";
import { stepInQueue } from "./board-keys.ts";
import { showCall } from "./deeds.ts";
import { AlertLine, CallFlags, PriorityMark, UnitChip, WaitTimer } from "./marks.tsx";
import { nameOfCall, placeOfCall } from "./picture.ts";
import type { CallView, Group } from "./picture.ts";
import { isOpen, sayStage } from "./stages.ts";

export function QueueList({ desk }: { desk: BoardDesk }): JSX.Element {
  const { groups, view } = desk;
  const box = useRef<HTMLDivElement>(null);
  const chosen = view?.call.id ?? null;
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
    if (by === null) return;
    event.preventDefault();
    stepInQueue(desk, by);
  };
  if (groups.length === 0) return <NoCalls desk={desk} />;
  return (
    <div
      class="queue"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label="Queue of calls"
      aria-activedescendant={chosen === null ? undefined : `call-${chosen}`}
      onKeyDown={onKeyDown}
    >
      {groups.map((group) => (
        <QueueGroup key={group.section} group={group} desk={desk} />
      ))}
    </div>
  );
}

function QueueGroup({ group, desk }: { group: Group; desk: BoardDesk }): JSX.Element {
  return (
    <div class={`queue__group queue__group--${group.section}`} role="group" aria-label={group.title}>
      <h2 aria-hidden="true">
        {group.title} <span>{group.calls.length}</span>
      </h2>
      {group.calls.map((view) => (
        <QueueRow key={view.call.id} view={view} desk={desk} />
      ))}
    </div>
  );
}

function QueueRow({ view, desk }: { view: CallView; desk: BoardDesk }): JSX.Element {
  const { call, live, alerts, wait } = view;
  const selected = desk.view?.call.id === call.id;
  const worst = alerts[0]?.severity ?? "none";
  return (
    <div
      class={`call-row call-row--${worst}${selected ? " call-row--selected" : ""}`}
      id={`call-${call.id}`}
      role="option"
      aria-selected={selected}
      data-call={call.id}
      data-status={call.status}
      onClick={() => showCall(desk, call.id)}
    >
      <PriorityMark priority={call.priority} />
      <span class="call-row__name">{nameOfCall(call)}</span>
      {isOpen(call) ? <WaitTimer wait={wait} /> : <span class="call-row__end">{sayStage(call.status)}</span>}
      <span class="call-row__place">{placeOfCall(call)}</span>
      <span class="call-row__units">
        {live.map((assignment) => (
          <UnitChip key={assignment.id} assignment={assignment} nowMs={desk.nowMs} />
        ))}
        <CallFlags view={view} />
      </span>
      {isOpen(call) && alerts[0] !== undefined && <AlertLine alert={alerts[0]} />}
    </div>
  );
}

function NoCalls({ desk }: { desk: BoardDesk }): JSX.Element {
  if (!desk.board.ready) return <div class="empty">Waiting for the first picture…</div>;
  return (
    <div class="empty">
      <h2>No calls</h2>
      <p>When somebody calls, press C: who calls and their number come first, and the best unit is suggested at once.</p>
      <button class="button button--small button--primary" type="button" onClick={() => desk.onPanel({ kind: "take" })}>
        Take a call <kbd>C</kbd>
      </button>
    </div>
  );
}
