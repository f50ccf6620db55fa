/** What a crew can mend by itself: location not allowed, no sound, a tablet that the hub does not know any more. */

import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../icons.tsx";
import { age } from "../format.ts";
import type { Tablet, Vitals } from "./tablet-store.ts";

export interface WarningsProps {
  readonly tablet: Tablet;
  readonly vitals: Vitals;
  readonly onForget: () => void;
}

export function Warnings({ tablet, vitals, onForget }: WarningsProps): JSX.Element {
  const { device, tracking, audible, unseenMs } = vitals;
  return (
    <>
      {device.refused && (
        <Warning words="The hub does not accept this tablet any more. Keep this page open until your reports are sent, or set it up anew with a new code." deed="Set up anew" onDeed={onForget} />
      )}
      {device.phase === "standby" && <Warning words="This tablet runs in another tab. Close that one, or this one." />}
      {tracking.state === "denied" && (
        <Warning
          words="This page may not know where you are. Open the browser's settings of this site (beside the address), allow the location, then try again."
          deed="Try again"
          onDeed={() => tablet.locateAgain()}
        />
      )}
      {tracking.state === "lost" && <Warning words={tracking.why} deed="Try again" onDeed={() => tablet.locateAgain()} />}
      {unseenMs !== null && (
        <Warning
          words={`Nobody saw where you were for ${age(unseenMs / 1000)}: the screen was locked, or another app was open.`}
          deed="All right"
          onDeed={() => tablet.noticedUnseen()}
        />
      )}
      {!audible && (
        <Warning words="No sound yet: browsers are silent until they are touched." deed="Test the sound" onDeed={() => tablet.ringer.once("message")} />
      )}
      {device.phase === "waiting" && !device.refused && (
        <Warning words="No connection. Go on: what you tap is kept with its time, and sent when it is back." deed="Try now" onDeed={() => tablet.retryNow()} />
      )}
    </>
  );
}

interface WarningProps {
  readonly words: ComponentChildren;
  readonly deed?: string;
  readonly onDeed?: () => void;
}

function Warning({ words, deed, onDeed }: WarningProps): JSX.Element {
  return (
    <p class="tablet-warning" role="alert">
      <Icon name="warning" />
      <span>{words}</span>
      {deed !== undefined && (
        <button class="tablet-button tablet-button--small" type="button" onClick={onDeed}>
          {deed}
        </button>
      )}
    </p>
  );
}
