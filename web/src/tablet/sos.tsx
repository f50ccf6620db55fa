/** Help for the crew itself: held for two seconds, so that no pocket calls; then it says who has heard it. */

import type { DeviceState } from "@arogya/client";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Tablet } from "./tablet-store.ts";

const HOLD_MS = 2_000;

export function Sos({ tablet, alarm }: { tablet: Tablet; alarm: DeviceState["alarm"] }): JSX.Element {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const release = (): void => {
    clearTimeout(timer.current);
    setHolding(false);
  };
  const hold = (): void => {
    release();
    setHolding(true);
    timer.current = setTimeout(() => {
      setHolding(false);
      tablet.callForHelp();
    }, HOLD_MS);
  };
  useEffect(() => release, []);
  const words = alarm === null ? "SOS" : alarm.delivered ? "SOS: the hub has it" : "SOS: calling…";
  return (
    <button
      class="tablet-sos"
      type="button"
      data-holding={holding}
      data-state={alarm === null ? "idle" : alarm.delivered ? "delivered" : "calling"}
      aria-label="SOS: hold for two seconds to call for help"
      onPointerDown={hold}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if ((event.key === " " || event.key === "Enter") && !event.repeat) hold();
      }}
      onKeyUp={release}
    >
      <b>{words}</b>
      <small>{holding ? "Keep holding…" : "Hold for 2 seconds"}</small>
    </button>
  );
}
