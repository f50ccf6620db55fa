/** A machine that slept, or whose network came back, does not wait for a timer to find out how things are. */

import { useEffect } from "preact/hooks";
import type { FleetStore } from "./fleet-store.ts";

export function useWakefulness(store: FleetStore): void {
  useEffect(() => {
    const wake = (): void => {
      if (document.hidden) return;
      store.live.retryNow();
      store.live.probe();
    };
    window.addEventListener("online", wake);
    window.addEventListener("pageshow", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      window.removeEventListener("pageshow", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [store]);
}
