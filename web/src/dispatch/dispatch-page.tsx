/** The dispatch board: queue, map and the chosen call side by side; on a phone one after the other. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { AlarmsPanel } from "../alarms-panel.tsx";
import type { Alarm } from "../alarms.ts";
import { useEscape } from "../escape.ts";
import { EmptyState } from "../shared/data-table.tsx";
import { useShell } from "../shell/context.ts";
import { Page } from "../shell/page.tsx";
import { sessionHasEnded, useRenewals } from "../shell/session-end.ts";
import { BoardAlarms } from "./board-alarms.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { useBoardDesk } from "./board-desk.ts";
import { useBoardKeys } from "./board-keys.ts";
import { BoardPanel } from "./board-panel.tsx";
import { BoardSide } from "./board-side.tsx";
import { BoardStage } from "./board-stage.tsx";
import { BoardTop } from "./board-top.tsx";
import { PrintedSheet } from "./call-sheet.tsx";
import { DeedWindow } from "./deed-windows.tsx";
import { showUnit } from "./deeds.ts";
import { wantsUnit } from "./picture.ts";
import { SoundBar } from "./sound-bar.tsx";
import { useSuggestions } from "./suggestions.ts";

/** The board stays while somebody signs in again, and then goes on. */
function useReturn(signedOut: boolean, restart: () => void): void {
  const renewals = useRenewals();
  useEffect(() => {
    if (signedOut) sessionHasEnded();
  }, [signedOut]);
  useEffect(() => {
    if (renewals > 0 && signedOut) restart();
  }, [renewals]);
}

/** Where a crew that calls for help is. */
function showAlarm(desk: BoardDesk, { ambulanceId, latitude, longitude }: Alarm): void {
  if (ambulanceId !== null && desk.store.row(ambulanceId) !== null) showUnit(desk, ambulanceId);
  else if (latitude !== null && longitude !== null) desk.map?.panTo(latitude, longitude);
}

export function DispatchPage(): JSX.Element {
  const { openHelp } = useShell();
  const desk = useBoardDesk();
  const { connection, panel, picking } = desk;
  const suggestions = useSuggestions(desk.view !== null && wantsUnit(desk.view, desk.reinforced) ? desk.view : null);
  useReturn(connection.phase === "signed_out", desk.restart);
  useBoardKeys(desk, suggestions, openHelp);
  useEscape(panel !== null, () => desk.onPanel(null));
  useEscape(picking !== null, () => desk.onPicking(null));
  useEffect(() => {
    document.title = "Dispatch · Arogya Hub";
  }, []);
  if (connection.phase === "refused" || desk.board.refused) return <NoBoard />;
  return (
    <div
      class="dispatch"
      data-tab={desk.tab}
      data-panel={panel?.kind ?? "none"}
      data-picking={picking !== null}
      data-ready={desk.board.ready}
      data-connection={connection.phase}
      data-currency={desk.currency}
    >
      <BoardTop desk={desk} />
      <div class="dispatch__bars">
        <AlarmsPanel store={desk.store} onShow={(alarm) => showAlarm(desk, alarm)} silent />
        <BoardAlarms desk={desk} />
        <SoundBar desk={desk} />
      </div>
      <BoardSide desk={desk} />
      <BoardStage desk={desk} />
      <BoardPanel desk={desk} suggestions={suggestions} />
      <DeedWindow desk={desk} />
      {desk.printing !== null && <PrintedSheet view={desk.printing} onPrinted={() => desk.onPrinting(null)} />}
    </div>
  );
}

function NoBoard(): JSX.Element {
  const { user } = useShell();
  return (
    <Page title="Dispatch">
      <EmptyState
        title="No board for this account"
        text={`You are signed in as ${user.name} (${user.email}). The board is for dispatchers, their supervisors and platform administrators.`}
      />
    </Page>
  );
}
