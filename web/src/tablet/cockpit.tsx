/** The tablet at work: how it stands with the connection above, the call in the middle, help below. */

import type { JSX } from "preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import { useObserved } from "../shared/observable.ts";
import { CallCard } from "./call-card.tsx";
import { Idle } from "./idle.tsx";
import { LoudNotice } from "./loud-notice.tsx";
import { Notes } from "./notes.tsx";
import { OfferScreen } from "./offer-screen.tsx";
import { Sos } from "./sos.tsx";
import { StageButtons } from "./stage-buttons.tsx";
import { StatusBar } from "./status-bar.tsx";
import type { Tablet } from "./tablet-store.ts";
import { Warnings } from "./warnings.tsx";

const TICK_MS = 500;

/** The moment, again and again. */
function useNow(everyMs: number): number {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(redraw, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return Date.now();
}

export function Cockpit({ tablet, onForget }: { tablet: Tablet; onForget: () => void }): JSX.Element {
  const crew = useObserved(tablet.crew);
  const vitals = useObserved(tablet.vitals);
  const nowMs = useNow(TICK_MS);
  const [notesOpen, setNotesOpen] = useState(false);
  const covered = crew.offer !== null || crew.loud !== null; // a window would lie above them
  const unread = crew.notes.filter(({ read }) => !read);
  return (
    <div class="tablet" data-busy={crew.call !== null}>
      <StatusBar plate={tablet.credential.plate} vitals={vitals} nowMs={nowMs} />
      <main class="tablet__main">
        <Warnings tablet={tablet} vitals={vitals} onForget={onForget} />
        {unread.length > 0 && !notesOpen && (
          <button class="tablet-message" type="button" onClick={() => setNotesOpen(true)}>
            <b>{unread.at(-1)?.from || "Dispatch"}</b>
            <span>{unread.at(-1)?.text}</span>
            <em>Tap: read</em>
          </button>
        )}
        {crew.call === null ? (
          <Idle tablet={tablet} crew={crew} />
        ) : (
          <div class="tablet__call">
            <StageButtons tablet={tablet} call={crew.call} pending={crew.pending} reports={vitals.reports} nowMs={nowMs} />
            <CallCard tablet={tablet} call={crew.call} covered={covered} />
          </div>
        )}
      </main>
      <footer class="tablet__foot">
        <button class="tablet-button" type="button" onClick={() => setNotesOpen(true)}>
          Messages{unread.length > 0 && <b class="tablet-count">{unread.length}</b>}
        </button>
        <Sos tablet={tablet} alarm={vitals.device.alarm} heard={crew.heard} />
      </footer>
      {notesOpen && !covered && <Notes tablet={tablet} notes={crew.notes} reports={vitals.reports} onClose={() => setNotesOpen(false)} />}
      {crew.offer !== null && <OfferScreen key={crew.offer.details.assignment} tablet={tablet} offer={crew.offer} vitals={vitals} />}
      {crew.loud !== null && <LoudNotice loud={crew.loud} onUnderstood={() => tablet.understood()} />}
    </div>
  );
}
