/** Help for the crew itself: held for two seconds, so that no pocket calls; then it says who has heard it. */

import type { DeviceState } from "@arogya/client";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Crew } from "./crew-state.ts";
import type { Tablet } from "./tablet-store.ts";

const HOLD_MS = 2_000;

type Alarm = DeviceState["alarm"];

/** Who has heard it so far: nobody, the hub, or a person. */
function stateOf(alarm: Alarm, heard: Crew["heard"]): { readonly state: string; readonly words: string } {
  if (alarm === null) return { state: "idle", words: "SOS" };
  if (heard?.alarm === alarm.id) return { state: "heard", words: `${heard.by} has heard you` };
  return alarm.delivered ? { state: "delivered", words: "SOS: the hub has it" } : { state: "calling", words: "SOS: calling…" };
}

export interface SosProps {
  readonly tablet: Tablet;
  readonly alarm: Alarm;
  readonly heard: Crew["heard"];
}

export function Sos({ tablet, alarm, heard }: SosProps): JSX.Element {
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
  const { state, words } = stateOf(alarm, heard);
  return (
    <button
      class="tablet-sos"
      type="button"
      data-holding={holding}
      data-state={state}
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
      <b role="status">{words}</b>
      <small>{holding ? "Keep holding…" : "Hold for 2 seconds"}</small>
    </button>
  );
}
