/** The fleet: map and list side by side, or the list as a sheet over the map on a phone. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { AlarmsPanel } from "./alarms-panel.tsx";
import { useDesk } from "./fleet-desk.ts";
import { FleetSide } from "./fleet-side.tsx";
import { FleetStage } from "./fleet-stage.tsx";
import { NoFleet } from "./no-fleet.tsx";
import { useShell } from "./shell/context.ts";
import { sessionHasEnded, useRenewals } from "./shell/session-end.ts";
import { TopBar } from "./top-bar.tsx";
import { useFullScreen } from "./wall.tsx";

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

export function FleetPage(): JSX.Element {
  const { openHelp } = useShell();
  const desk = useDesk(openHelp);
  const { store, connection, door, sheet, row, playing } = desk;
  const { view } = door;
  useFullScreen(view.wall);
  useReturn(connection.phase === "signed_out", desk.restart);
  if (connection.phase === "refused") return <NoFleet />;
  return (
    <div
      class={`fleet${view.wide ? " fleet--wide" : ""}${view.wall ? " fleet--wall" : ""}`}
      style={{ "--covered": `${desk.covered}px` }}
      data-sheet={sheet}
      data-connection={connection.phase}
      data-currency={desk.currency}
      data-selected={row !== null}
      data-playback={playing.playback !== null}
    >
      <TopBar store={store} tally={desk.liveTally} partial={view.areaOnly} onWall={desk.toWall} />
      <AlarmsPanel store={store} onShow={desk.showAlarm} />
      <FleetSide desk={desk} />
      <FleetStage desk={desk} />
    </div>
  );
}
