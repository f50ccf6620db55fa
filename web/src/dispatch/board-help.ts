/** What the help says of the keys of the board. */

import type { Key } from "../help.tsx";

export const BOARD_KEYS: readonly Key[] = [
  [["C"], "Take a call; Ctrl+Enter in the form writes it down"],
  [["↓", "↑"], "Through the queue; J and K do the same from anywhere"],
  [["Enter"], "Offer the call to the first unit of the list"],
  [["1", "9"], "Offer it to that one: any but the first asks why"],
  [["Z"], "Take the offer back that you sent last"],
  [["R"], "By radio: the crew has reached the next stage"],
  [["E"], "Edit the call: place, priority, patient, destination"],
  [["X"], "Cancel the call, with a reason"],
  [["D"], "Mark it as a duplicate of another"],
  [["P"], "Print the call sheet"],
  [["A", "A"], "Go to the newest alarm, and acknowledge it"],
  [["Q"], "The queue; U the units, M the messages"],
  [["/"], "Search the units"],
  [["B"], "Enter a call from paper"],
  [["H"], "Handover: what the next shift has to know"],
  [["0"], "Show everything on the map; + and − zoom"],
];

/** How the board is meant, under its keys. */
export const BOARD_NOTE =
  "The queue is ordered by priority, then by how long a call waits. Choosing a call ranks the units for it; any but the first asks why. An alarm is heard until somebody acknowledges it.";
