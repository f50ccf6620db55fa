/** What the keys do and what the marks mean. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useEscape } from "./escape.ts";
import { Icon } from "./icons.tsx";
import { Marks } from "./legend.tsx";

const KEYS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
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
  [["?"], "This help"],
  [["Esc"], "Close what was opened last"],
];

export function Help({ onClose }: { onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEscape(true, onClose);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog
      class="sheet help"
      ref={dialog}
      aria-labelledby="help-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <header class="sheet__head">
        <h2 id="help-title">Keys and marks</h2>
        <button class="icon-button" type="button" aria-label="Close help" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help__body">
        <dl class="keys">
          {KEYS.map(([keys, meaning]) => (
            <div key={meaning}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <div class="help__marks">
          <Marks />
        </div>
      </div>
      <p class="help__foot">
        An ambulance without a signal is never counted as available: its status is what was known last. The ring of many
        shows how they stand; the number on its rim is how many are overdue.
      </p>
    </dialog>
  );
}
