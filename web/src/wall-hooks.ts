/** What a screen that hangs on a wall for months needs. */

import { useEffect, useState } from "preact/hooks";

/** True once nobody has moved the pointer or touched anything for so long. */
export function useIdle(afterMs: number): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer = setTimeout(() => setIdle(true), afterMs);
    const wake = (): void => {
      setIdle(false);
      clearTimeout(timer);
      timer = setTimeout(() => setIdle(true), afterMs);
    };
    const kinds = ["pointermove", "pointerdown", "keydown"] as const;
    for (const kind of kinds) addEventListener(kind, wake, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const kind of kinds) removeEventListener(kind, wake);
    };
  }, [afterMs]);
  return idle;
}

/** Keep the screen on while the page is seen; browsers let go of it whenever it is not. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const hold = async (): Promise<void> => {
      if (document.hidden || !("wakeLock" in navigator)) return;
      try {
        const held = await navigator.wakeLock.request("screen");
        if (over) void held.release();
        else lock = held;
      } catch {
        // refused, on a low battery for one: the screen's own settings decide then
      }
    };
    const onVisibility = (): void => void hold();
    void hold();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", onVisibility);
      void lock?.release();
    };
  }, []);
}

const SHIFT_PX = 6;
const SHIFT_EVERY_MS = 60_000;

/** Where fixed things stand this minute, in px from their place: around a small square, so that nothing burns in. */
export function shiftAt(nowMs: number): readonly [x: number, y: number] {
  const turn = Math.floor(nowMs / SHIFT_EVERY_MS) % 4;
  return [turn === 1 || turn === 2 ? SHIFT_PX : 0, turn >= 2 ? SHIFT_PX : 0];
}
