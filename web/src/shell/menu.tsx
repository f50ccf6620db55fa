/** The ways to the pages: a rail beside them, or a drawer where there is little room. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, Mark } from "../icons.tsx";
import { useModal } from "../shared/modal.ts";
import { useWhereabouts } from "../shared/router.ts";
import { useBadges } from "./badges.ts";
import { useShell } from "./context.ts";

/** `/people/7` is a part of `/people`. */
function isAt(path: string, route: string): boolean {
  return route === "/" ? path === "/" : path === route || path.startsWith(`${route}/`);
}

function Ways(): JSX.Element {
  const { ways } = useShell();
  const badges = useBadges();
  const { path } = useWhereabouts();
  return (
    <ul class="ways">
      {ways.map(({ path: to, label, icon, key }) => (
        <li key={to}>
          <a class="way" href={to} aria-current={isAt(path, to) ? "page" : undefined} title={`${label} (g ${key})`}>
            <Icon name={icon} />
            <span class="way__label">{label}</span>
            {(badges[to] ?? 0) > 0 && (
              <span class="way__badge">
                {badges[to]}
                <span class="visually-hidden"> unread</span>
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}

export function Rail(): JSX.Element {
  return (
    <nav class="rail" aria-label="Pages">
      <Mark />
      <Ways />
    </nav>
  );
}

/** Opens the drawer; only to be seen where the rail is not. */
export function MenuButton(): JSX.Element {
  const { openMenu } = useShell();
  return (
    <button class="icon-button menu-button" type="button" aria-label="Pages" aria-haspopup="dialog" onClick={openMenu}>
      <Icon name="menu" />
    </button>
  );
}

export function Drawer({ onClose }: { onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const { user, signOut } = useShell();
  const { steps } = useWhereabouts();
  const opened = useRef(steps);
  useModal(dialog, onClose);
  useEffect(() => {
    if (steps !== opened.current) onClose();
  }, [steps]);
  const onClick = (event: MouseEvent): void => {
    const target = event.target instanceof Element ? event.target : null;
    // beside it, or on the page that is shown already
    if (target === dialog.current || target?.closest("[aria-current]") !== null) onClose();
  };
  return (
    <dialog class="drawer" ref={dialog} aria-label="Pages" onCancel={(event) => event.preventDefault()} onClick={onClick}>
      <div class="drawer__head">
        <Mark />
        <b>Arogya Hub</b>
        <button class="icon-button" type="button" aria-label="Close the menu" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <nav aria-label="Pages">
        <Ways />
      </nav>
      <div class="drawer__foot">
        <span class="two-lines">
          {user.name}
          <small>{user.email}</small>
        </span>
        <button class="button button--small" type="button" onClick={signOut}>
          <Icon name="leave" />
          Sign out
        </button>
      </div>
    </dialog>
  );
}
