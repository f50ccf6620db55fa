/** An offer fills the screen until it is answered: what, where, how long there is. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { distance } from "../format.ts";
import { distanceM } from "../order.ts";
import { DeclineReasons } from "./decline-reasons.tsx";
import type { Offer } from "./crew-state.ts";
import type { Tablet, Vitals } from "./tablet-store.ts";
import { countdown, PRIORITY_WORDS } from "./words.ts";

export interface OfferScreenProps {
  readonly tablet: Tablet;
  readonly offer: Offer;
  readonly vitals: Vitals;
}

/** How far the place is, as the crow flies; null where one of the two is not known. */
function awayOf({ details }: Offer, { tracking }: Vitals): string | null {
  const { latitude, longitude } = details;
  if (tracking.state !== "fixed" || latitude === undefined || longitude === undefined) return null;
  return `${distance(distanceM(tracking, { latitude, longitude }))} away`;
}

export function OfferScreen({ tablet, offer, vitals }: OfferScreenProps): JSX.Element {
  const { details, expiresAtMs, etaS } = offer;
  const [declining, setDeclining] = useState(false);
  const leftS = expiresAtMs === null ? null : (expiresAtMs - tablet.hubMs()) / 1000;
  useEffect(() => {
    const see = (): void => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", see);
      tablet.seen(details.assignment);
    };
    document.addEventListener("visibilitychange", see);
    see();
    return () => document.removeEventListener("visibilitychange", see);
  }, []);
  const away = awayOf(offer, vitals);
  const far = [away, etaS === null ? null : `about ${Math.max(1, Math.round(etaS / 60))} min`].filter((part) => part !== null);
  return (
    <section class="tablet-over tablet-offer" role="alertdialog" aria-label="A call for you" data-priority={details.priority}>
      <header>
        <h2>
          P{details.priority} {PRIORITY_WORDS[details.priority]}
        </h2>
        {leftS !== null && (
          <p class="tablet-offer__left" aria-label="Time left">
            {countdown(leftS)}
          </p>
        )}
      </header>
      <div class="tablet-offer__what">
        <p class="tablet-offer__complaint">{details.complaint ?? "No details yet"}</p>
        {details.location_note !== undefined && <p>{details.location_note}</p>}
        {details.latitude === undefined && <p>The place is known by these words alone.</p>}
        {details.destination !== undefined && <p>To: {details.destination}</p>}
        {far.length > 0 && <p class="tablet-offer__far">{far.join(" · ")}</p>}
      </div>
      {declining ? (
        <DeclineReasons onReason={(reason) => tablet.decline(reason)} onBack={() => setDeclining(false)} />
      ) : (
        <div class="tablet-offer__answers">
          <button class="tablet-button tablet-button--accept" type="button" onClick={() => tablet.accept()}>
            Accept
          </button>
          <button class="tablet-button tablet-button--decline" type="button" onClick={() => setDeclining(true)}>
            Decline
          </button>
        </div>
      )}
    </section>
  );
}
