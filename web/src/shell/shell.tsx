/** What stands around every page of those who are signed in: the menu, help, and the way back after a session's end. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { User } from "../api.ts";
import { ExpiryWarning } from "../expiry-warning.tsx";
import { FleetPage } from "../fleet-page.tsx";
import { Help } from "../help.tsx";
import type { HelpProps } from "../help.tsx";
import { useInboxLive } from "../inbox/inbox-hooks.ts";
import { Reentry } from "../reentry.tsx";
import { MayContext, useAskedRights, watchesFleet } from "../shared/rights.ts";
import type { May } from "../shared/rights.ts";
import { navigate, startRouter, useWhereabouts } from "../shared/router.ts";
import { Toasts } from "../shared/toast.tsx";
import { ShellContext } from "./context.ts";
import { Elsewhere } from "./elsewhere.tsx";
import { useGoKeys } from "./go-keys.ts";
import { matchPath } from "./match.ts";
import { Drawer, Rail } from "./menu.tsx";
import { landingOf, ROUTES, waysOf } from "./routes.tsx";
import { sessionIsBack, sessionIsOver, useSessionEnded } from "./session-end.ts";

export interface ShellProps {
  readonly user: User;
  readonly onUser: (user: User) => void;
  readonly onSignOut: () => void;
  /** The session has ended, and its owner does not want to go on here. */
  readonly onExpired: () => void;
}

export function Shell({ user, onUser, onSignOut, onExpired }: ShellProps): JSX.Element {
  const [open, setOpen] = useState<"help" | "menu" | null>(null);
  const may = useAskedRights(user);
  const ended = useSessionEnded();
  const { path } = useWhereabouts();
  useInboxLive(user, !(path === "/" || path === "/dispatch") || !watchesFleet(user)); // these have a connection of their own
  const shell = useMemo(
    () => ({
      user,
      onUser,
      signOut: onSignOut,
      openHelp: () => setOpen("help"),
      openMenu: () => setOpen("menu"),
      ways: may === null ? [] : waysOf(may),
      landing: may === null ? "/" : landingOf(may),
    }),
    [user, may],
  );
  useEffect(() => {
    sessionIsOver(); // of the one before
    return startRouter((to) => matchPath(ROUTES, to) !== null);
  }, []);
  const { ways } = shell;
  useGoKeys(Object.fromEntries(ways.map(({ path: to, key }) => [key, to])));
  const close = (): void => setOpen(null);
  return (
    <ShellContext.Provider value={shell}>
      <MayContext.Provider value={may}>
        <div class="frame">
          <Rail />
          <Current path={path} user={user} may={may} />
        </div>
        {open === "help" && <Help over={overOf(path, user)} ways={ways} onClose={close} />}
        {open === "menu" && <Drawer onClose={close} />}
        <Toasts />
        {!ended && <ExpiryWarning user={user} onRenewed={sessionIsBack} />}
        {ended && <Reentry user={user} onBack={sessionIsBack} onLeave={onExpired} />}
      </MayContext.Provider>
    </ShellContext.Provider>
  );
}

/** Which of the pages with a map help is asked for on. */
function overOf(path: string, user: User): HelpProps["over"] {
  if (!watchesFleet(user)) return "list";
  return path === "/" ? "fleet" : path === "/dispatch" ? "dispatch" : "list";
}

function Current({ path, user, may }: { path: string; user: User; may: May | null }): JSX.Element | null {
  const match = matchPath(ROUTES, path);
  const lost = may !== null && path === "/" && !watchesFleet(user);
  useEffect(() => {
    if (lost) void navigate(landingOf(may), { replace: true });
  }, [lost]);
  // the map waits for nobody: who may see it is known from the sign-in
  if (path === "/" && watchesFleet(user)) return <FleetPage />;
  if (may === null || lost) return <div class="page" />;
  if (match === null || !match.route.may(may)) return <Elsewhere />;
  const PageOf = match.route.page;
  return <PageOf key={path} id={match.id} />;
}
