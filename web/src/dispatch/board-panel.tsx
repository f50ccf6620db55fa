/** Beside the map: the chosen call or unit, or the call that is being taken. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { CallPanel } from "./call-panel.tsx";
import type { SuggestionsDoor } from "./suggestions.ts";
import { TakePanel } from "./take-panel.tsx";
import { UnitPanel } from "./unit-panel.tsx";

export function BoardPanel({ desk, suggestions }: { desk: BoardDesk; suggestions: SuggestionsDoor }): JSX.Element | null {
  const { panel, view, board } = desk;
  if (panel === null) return null;
  if (panel.kind === "take") return <TakePanel desk={desk} />;
  if (panel.kind === "unit") return <UnitPanel desk={desk} id={panel.id} />;
  if (view !== null) return <CallPanel desk={desk} view={view} suggestions={suggestions} />;
  return (
    <section class="board-panel" aria-label="The chosen call">
      <header class="board-panel__head">
        <h2>{board.ready ? "Not on the board" : "Looking for the call…"}</h2>
        <button class="icon-button" type="button" aria-label="Close the call" onClick={() => desk.onPanel(null)}>
          <Icon name="close" />
        </button>
      </header>
      {board.ready && (
        <p class="board-panel__body quiet">This call ended a while ago: it stands in the report of its shift.</p>
      )}
    </section>
  );
}
