/** How the board stands, whether it is live, and what can be done from anywhere. */

import type { JSX } from "preact";
import { ConnectionPill } from "../connection-pill.tsx";
import { Icon } from "../icons.tsx";
import type { IconName } from "../icons.tsx";
import { MenuButton } from "../shell/menu.tsx";
import { TopEnd } from "../shell/top-end.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { draft, isBegun } from "./draft.ts";
import { isOpen } from "./stages.ts";

export function BoardTop({ desk }: { desk: BoardDesk }): JSX.Element {
  const begun = isBegun(draft.value);
  return (
    <header class="top">
      <MenuButton />
      <h1 class="top__title">
        <span class="top__product">Arogya Hub</span>
        <span class="top__page">Dispatch</span>
      </h1>
      <Sums desk={desk} />
      <button
        class="button button--small button--primary board-take"
        type="button"
        aria-keyshortcuts="C"
        title="Take a call (C)"
        onClick={() => desk.onPanel({ kind: "take" })}
      >
        <Icon name="phone" />
        <span>{begun && desk.panel?.kind !== "take" ? "Go on with the call" : "Take a call"}</span> <kbd aria-hidden="true">C</kbd>
      </button>
      <TopDeed icon="book" label="Handover" keys="H" onClick={() => desk.onWindow({ kind: "handover" })} />
      <TopDeed icon="edit" label="Call from paper" keys="B" onClick={() => desk.onWindow({ kind: "paper" })} />
      <a class="icon-button board-more" href="/dispatch/report" aria-label="Shift report" title="Shift report">
        <Icon name="history" />
      </a>
      <ConnectionPill store={desk.store} />
      <TopEnd />
    </header>
  );
}

interface TopDeedProps {
  readonly icon: IconName;
  readonly label: string;
  readonly keys: string;
  readonly onClick: () => void;
}

function TopDeed({ icon, label, keys, onClick }: TopDeedProps): JSX.Element {
  return (
    <button
      class="icon-button board-more"
      type="button"
      aria-label={label}
      title={`${label} (${keys})`}
      aria-keyshortcuts={keys}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function Sums({ desk }: { desk: BoardDesk }): JSX.Element {
  const open = desk.order.filter(({ call }) => isOpen(call));
  const waiting = desk.groups.find(({ section }) => section === "waiting")?.calls.length ?? 0;
  const late = open.filter(({ wait }) => wait.standing === "late").length;
  const free = desk.units.filter(({ status, freshness }) => status.code === "available" && freshness !== "lost" && freshness !== "none");
  return (
    <p class="top__sums">
      <span class={`sum${waiting > 0 ? " sum--late" : ""}`}>
        <b>{waiting}</b> waiting
      </span>
      <span class="sum">
        <b>{open.length}</b> open
      </span>
      <span class="sum sum--available">
        <b>{free.length}</b> free
      </span>
      {late > 0 && (
        <span class="sum sum--alarm">
          <b>{late}</b> late
        </span>
      )}
    </p>
  );
}
