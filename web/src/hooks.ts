/** How components follow what is not theirs. */

import { useEffect, useReducer, useState } from "preact/hooks";
import type { Connection } from "@arogya/client";
import type { FleetStore } from "./fleet-store.ts";
import { currentTheme, onTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";

/** Draw again every `everyMs`, and at once when the store has a whole new picture. */
export function useFleet(store: FleetStore, everyMs: number): void {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(redraw, everyMs);
    const unfollow = store.onChange((change) => {
      if (change.whole) redraw();
    });
    return () => {
      clearInterval(timer);
      unfollow();
    };
  }, [store, everyMs]);
}

export function useConnection(store: FleetStore): Connection {
  const [connection, setConnection] = useState(store.live.connection);
  useEffect(() => {
    setConnection(store.live.connection);
    return store.onConnection(setConnection);
  }, [store]);
  return connection;
}

export function useTheme(): Theme {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => onTheme(setTheme), []);
  return theme;
}
