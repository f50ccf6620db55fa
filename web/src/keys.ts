/** The page's keys: one place that hears them, so that none means two things. */

import { useEffect, useRef } from "preact/hooks";
import { closeInnermost } from "./escape.ts";

export type Keys = Readonly<Record<string, () => void>>;

export const WRITTEN_IN = "input:not([type=checkbox]), select, textarea";

/**
 * While `active`, call what a key of `keys` names (letters in lower case), unless somebody is writing. Escape closes what
 * was opened last; with nothing open, it is `keys.Escape`, which is told even while writing.
 */
export function useKeys(keys: Keys, active: boolean): void {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
      if (event.key === "Escape") {
        // others listen too, and one press closes one thing
        if (closeInnermost()) event.preventDefault();
        else newest.current["Escape"]?.();
        return;
      }
      const at = event.target instanceof Element ? event.target : document.body;
      if (!active || at.matches(WRITTEN_IN) || at.closest("dialog") !== null) return;
      const deed = newest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (deed === undefined) return;
      event.preventDefault();
      deed();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [active]);
}
