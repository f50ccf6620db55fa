/** What the keys do and what the marks mean. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { BOARD_KEYS, BOARD_NOTE } from "./dispatch/board-help.ts";
import { Icon } from "./icons.tsx";
import { Marks } from "./legend.tsx";
import { useModal } from "./shared/modal.ts";
import type { Way } from "./shell/context.ts";

export type Key = readonly [keys: readonly string[], meaning: string];

const FLEET: readonly Key[] = [
  [["/"], "Search by plate, driver or status"],
  [["↑", "↓"], "Choose in the list, where ↓ leads from the search; also Home, End, Page up and Page down"],
  [["Enter"], "Show the chosen one and follow it; in the search, choose the first"],
  [["F"], "Follow the chosen one, or let it go"],
  [["N"], "Who is nearest to the middle of the map? (On the map: a long touch, or the other mouse button)"],
  [["0"], "Show the whole fleet"],
  [["+", "−"], "Closer and farther away"],
  [["A", "A"], "Go to the newest call for help, and acknowledge it"],
  [["P"], "Play the past, or go back to live"],
  [["Space"], "In the past: play and pause; arrows and Page up and Page down move its slider"],
  [["W"], "Wall display"],
];

const LISTS: readonly Key[] = [
  [["/"], "Search the list"],
  [["N"], "Add an entry"],
];

const KEYS: Readonly<Record<HelpProps["over"], readonly Key[]>> = { fleet: FLEET, dispatch: BOARD_KEYS, list: LISTS };

const EVERYWHERE: readonly Key[] = [
  [["?"], "This help"],
  [["Esc"], "Close what was opened last"],
];

export interface HelpProps {
  /** What it is asked for on. */
  readonly over: "fleet" | "dispatch" | "list";
  readonly ways: readonly Way[];
  readonly onClose: () => void;
}

export function Help({ over, ways, onClose }: HelpProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const keys = [...KEYS[over], ...EVERYWHERE];
  const mapped = over !== "list";
  const goes: readonly Key[] = ways.map(({ key, label }) => [["G", key.toUpperCase()], `Go to ${label}`]);
  useModal(dialog, onClose);
  return (
    <dialog
      class="sheet help"
      ref={dialog}
      aria-labelledby="help-title"
      onCancel={(event) => event.preventDefault()}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <header class="sheet__head">
        <h2 id="help-title">Keys and marks</h2>
        <button class="icon-button" type="button" aria-label="Close help" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help__body">
        <KeyList keys={mapped ? keys : [...keys, ...goes]} />
        {mapped && (
          <div class="help__marks">
            <Marks />
            {goes.length > 0 && <KeyList keys={goes} />}
          </div>
        )}
      </div>
      {over === "dispatch" && <p class="help__foot">{BOARD_NOTE}</p>}
      {over === "fleet" && (
        <p class="help__foot">
          An ambulance without a signal is never counted as available: its status is what was known last. The ring of many
          shows how they stand; the number on its rim is how many are overdue.
        </p>
      )}
    </dialog>
  );
}

function KeyList({ keys }: { keys: readonly Key[] }): JSX.Element {
  return (
    <dl class="keys">
      {keys.map(([names, meaning]) => (
        <div key={meaning}>
          <dt>
            {names.map((name, at) => (
              <kbd key={at}>{name}</kbd>
            ))}
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
