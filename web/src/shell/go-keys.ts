/** `g` and a letter lead to a page, wherever one is. */

import { useEffect, useRef } from "preact/hooks";
import { WRITTEN_IN } from "../keys.ts";
import { navigate } from "../shared/router.ts";

const PATIENCE_MS = 1_500;

/** `ways` says which letter leads where. */
export function useGoKeys(ways: Readonly<Record<string, string>>): void {
  const newest = useRef(ways);
  newest.current = ways;
  useEffect(() => {
    let until = 0;
    const onKeyDown = (event: KeyboardEvent): void => {
      const at = event.target instanceof Element ? event.target : document.body;
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (at.matches(WRITTEN_IN) || at.closest("dialog") !== null) return;
      const way = newest.current[event.key.toLowerCase()];
      const waits = performance.now() < until;
      until = 0;
      if (waits && way !== undefined) {
        event.preventDefault();
        event.stopImmediatePropagation(); // the letter means something else to the page
        void navigate(way);
      } else if (event.key === "g") until = performance.now() + PATIENCE_MS;
    };
    // before the page's own keys
    document.addEventListener("keydown", onKeyDown, true);
    return () => document.removeEventListener("keydown", onKeyDown, true);
  }, []);
}
