/** The keys of the board, and what they mean where. */

import { useEffect, useRef } from "preact/hooks";
import { useKeys, WRITTEN_IN } from "../keys.ts";
import type { BoardDesk } from "./board-desk.ts";
import { nextByRadio, offerAt, showAll, showCall } from "./deeds.ts";
import { isOpen } from "./stages.ts";
import type { SuggestionsDoor } from "./suggestions.ts";

/** Go from the chosen call to the next one of the queue, or the one before. */
export function stepInQueue(desk: BoardDesk, by: 1 | -1): void {
  const { order, view } = desk;
  const at = order.findIndex(({ call }) => call.id === view?.call.id);
  const next = order[at < 0 ? (by === 1 ? 0 : order.length - 1) : Math.max(0, Math.min(order.length - 1, at + by))];
  if (next !== undefined) showCall(desk, next.call.id);
}

/** What takes Enter for itself. */
const ENTERED = `${WRITTEN_IN}, button, a, summary, input, dialog *`;

/** Enter offers the call to the first unit, unless something else has the focus that Enter means something to. */
function useEnter(active: boolean, deed: () => void): void {
  const newest = useRef(deed);
  newest.current = deed;
  useEffect(() => {
    if (!active) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const at = event.target instanceof Element ? event.target : document.body;
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (event.defaultPrevented || at.matches(ENTERED)) return;
      event.preventDefault();
      newest.current();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [active]);
}

export function useBoardKeys(desk: BoardDesk, suggestions: SuggestionsDoor, onHelp: () => void): void {
  const { view, map } = desk;
  const listens = desk.connection.phase !== "signed_out" && desk.window === null;
  const open = view !== null && isOpen(view.call) ? view : null;
  const focusTab = (tab: "queue" | "units" | "messages"): void => {
    desk.onTab(tab);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".board-side [role=listbox], .talk-list a, .talk-list button")?.focus());
  };
  const digits = Object.fromEntries(
    Array.from({ length: 9 }, (_, place) => [String(place + 1), () => open && offerAt(desk, open, suggestions.found, place)]),
  );
  useKeys(
    {
      ...digits,
      "?": onHelp,
      "/": () => {
        desk.onTab("units");
        requestAnimationFrame(() => document.querySelector<HTMLElement>(".board-search input")?.focus());
      },
      c: () => desk.onPanel({ kind: "take" }),
      j: () => stepInQueue(desk, 1),
      k: () => stepInQueue(desk, -1),
      z: () => desk.undo.current?.(),
      r: () => view?.lead && nextByRadio(desk, view.lead),
      e: () => view !== null && desk.onWindow({ kind: "edit", view, place: null }),
      x: () => open !== null && desk.onWindow({ kind: "cancel", view: open }),
      d: () => open !== null && desk.onWindow({ kind: "duplicate", view: open }),
      p: () => view !== null && desk.onPrinting(view),
      b: () => desk.onWindow({ kind: "paper" }),
      h: () => desk.onWindow({ kind: "handover" }),
      q: () => focusTab("queue"),
      u: () => focusTab("units"),
      m: () => focusTab("messages"),
      "0": () => showAll(desk),
      "+": () => map?.zoomBy(1),
      "-": () => map?.zoomBy(-1),
    },
    listens,
  );
  // with an offer on its way, another one is meant only when it is named
  useEnter(listens, () => open !== null && open.live.length === 0 && offerAt(desk, open, suggestions.found, 0));
}
