/** Draws a component again from time to time: that nothing comes any more is seen by nothing else. */

import { useEffect, useState } from "preact/hooks";

export function useBeat(everyMs: number): void {
  const [, setBeats] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setBeats((before) => before + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
