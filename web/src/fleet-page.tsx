/** The fleet: map and list side by side, or the list as a sheet over the map on a phone. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { AlarmsPanel } from "./alarms-panel.tsx";
import type { User } from "./api.ts";
import { useDesk } from "./fleet-desk.ts";
import { FleetSide } from "./fleet-side.tsx";
import { FleetStage } from "./fleet-stage.tsx";
import { Help } from "./help.tsx";
import { NoFleet } from "./no-fleet.tsx";
import { Reentry } from "./reentry.tsx";
import { TopBar } from "./top-bar.tsx";
import { useFullScreen } from "./wall.tsx";

export interface FleetPageProps {
  readonly user: User;
  readonly onSignOut: () => void;
  /** The session has ended, and its owner does not want to go on here. */
  readonly onExpired: () => void;
}

export function FleetPage({ user, onSignOut, onExpired }: FleetPageProps): JSX.Element {
  const [help, setHelp] = useState(false);
  const desk = useDesk(() => setHelp(true));
  const { store, connection, door, sheet, row, playing } = desk;
  const { view } = door;
  useFullScreen(view.wall);
  if (connection.phase === "refused") return <NoFleet user={user} onSignOut={onSignOut} />;
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
      <TopBar
        store={store}
        user={user}
        tally={desk.liveTally}
        partial={view.areaOnly}
        onWall={desk.toWall}
        onHelp={() => setHelp(true)}
        onSignOut={onSignOut}
      />
      <AlarmsPanel store={store} onShow={desk.showAlarm} />
      <FleetSide desk={desk} />
      <FleetStage desk={desk} />
      {help && <Help onClose={() => setHelp(false)} />}
      {connection.phase === "signed_out" && <Reentry user={user} onBack={desk.restart} onLeave={onExpired} />}
    </div>
  );
}
