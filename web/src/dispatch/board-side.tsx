/** The lists: queue, units, messages, and what is to be looked at above them. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { useNarrow } from "../sheet.tsx";
import { Tabs } from "../shared/tabs.tsx";
import { sayAlert } from "./alert-words.ts";
import type { BoardDesk } from "./board-desk.ts";
import { showAlert } from "./deeds.ts";
import { TABS } from "./panel.ts";
import type { Tab } from "./panel.ts";
import { QueueList } from "./queue-list.tsx";
import { isOpen } from "./stages.ts";
import { TalkList } from "./talks.tsx";
import { UnitList } from "./unit-list.tsx";

const LABELS: Readonly<Record<Tab, string>> = { queue: "Queue", units: "Units", messages: "Messages", map: "Map" };

export function BoardSide({ desk }: { desk: BoardDesk }): JSX.Element {
  const narrow = useNarrow();
  const tab = !narrow && desk.tab === "map" ? "queue" : desk.tab;
  const open = desk.order.filter(({ call }) => isOpen(call)).length;
  const unread = desk.board.unread.length;
  const counts: Readonly<Record<Tab, number | undefined>> = {
    queue: open === 0 ? undefined : open,
    units: undefined,
    messages: unread === 0 ? undefined : unread,
    map: undefined,
  };
  const tabs = TABS.filter((name) => narrow || name !== "map").map((name) => ({ name, label: LABELS[name], count: counts[name] }));
  return (
    <section class="board-side" aria-label="Lists of the board">
      <Tabs label="Lists" tabs={tabs} chosen={tab} onChoose={(name) => desk.onTab(name as Tab)}>
        {tab === "queue" && <Warnings desk={desk} />}
        {tab === "queue" && <QueueList desk={desk} />}
        {tab === "units" && <UnitList desk={desk} />}
        {tab === "messages" && <TalkList desk={desk} />}
      </Tabs>
    </section>
  );
}

const SHOWN = 4;

/** Warnings that belong to no call in sight: about units, first of all. */
function Warnings({ desk }: { desk: BoardDesk }): JSX.Element | null {
  const warnings = desk.board.warnings.filter(({ request_id: call }) => call === null || !desk.views.has(call));
  if (warnings.length === 0) return null;
  return (
    <ul class="warnings" aria-label="To be looked at">
      {warnings.slice(0, SHOWN).map((alert) => (
        <li key={alert.id}>
          <button type="button" onClick={() => showAlert(desk, alert)}>
            <Icon name="warning" />
            {sayAlert(alert)}
          </button>
        </li>
      ))}
      {warnings.length > SHOWN && <li class="quiet">and {warnings.length - SHOWN} more</li>}
    </ul>
  );
}
