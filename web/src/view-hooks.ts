/** The view as this page has it: from the address, else as it was left here; kept in both from then on. */

import { useEffect, useState } from "preact/hooks";
import { recall, remember } from "./memory.ts";
import { fromText, toText, USUAL } from "./view.ts";
import type { View } from "./view.ts";

const KEPT = "view";
/** Browsers refuse an address that changes too often. */
const SETTLED_MS = 400;

function first(): View {
  const fragment = location.hash.slice(1);
  return fragment === "" ? { ...fromText(recall(KEPT) ?? ""), wall: false } : fromText(fragment);
}

export interface ViewDoor {
  readonly view: View;
  readonly onView: (change: Partial<View>) => void;
  readonly onReset: () => void;
}

export function useView(): ViewDoor {
  const [view, setView] = useState(first);
  const text = toText(view);
  useEffect(() => {
    const timer = setTimeout(() => {
      remember(KEPT, text === "" ? null : text);
      history.replaceState(null, "", location.pathname + location.search + (text === "" ? "" : `#${text}`));
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    const onHashChange = (): void => {
      if (!location.hash.startsWith("#activate=")) setView(first());
    };
    addEventListener("hashchange", onHashChange);
    return () => removeEventListener("hashchange", onHashChange);
  }, []);
  return {
    view,
    onView: (change) => setView((before) => ({ ...before, ...change })),
    onReset: () => setView((before) => ({ ...USUAL, wall: before.wall })),
  };
}
