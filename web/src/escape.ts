/** Escape closes one thing at a time, and the one that was opened last goes first. */

import { useLayoutEffect, useRef } from "preact/hooks";

const open: { readonly close: () => void }[] = [];

/** While `active`, Escape calls `close`, unless something that was opened later is still open. */
export function useEscape(active: boolean, close: () => void): void {
  const newest = useRef(close);
  newest.current = close;
  // at once: the next key may come before the browser has painted
  useLayoutEffect(() => {
    if (!active) return undefined;
    const layer = { close: () => newest.current() };
    open.push(layer);
    return () => void open.splice(open.indexOf(layer), 1);
  }, [active]);
}

/** Close what was opened last; false when nothing is open. */
export function closeInnermost(): boolean {
  const layer = open.at(-1);
  layer?.close();
  return layer !== undefined;
}
