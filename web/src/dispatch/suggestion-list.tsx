/** Who could take the call, best first, with when they would be there and why; and why the others cannot. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { eligible, offerAt } from "./deeds.ts";
import type { CallView } from "./picture.ts";
import type { Candidate } from "./shapes.ts";
import { sayStage } from "./stages.ts";
import type { SuggestionsDoor } from "./suggestions.ts";
import { sayTravel } from "./timers.ts";

const SHOWN = 5;
const KEYS = 9;

const TRAVEL: Readonly<Record<string, string>> = {
  line: "straight line",
  roads: "by the road graph",
  osrm: "by OSRM",
  valhalla: "by Valhalla",
};

/** What a second of the cost is for, in words; the ETA is said by itself. */
const PARTS: Readonly<Record<string, string>> = {
  until_free: "until it is free",
  stale: "old position",
  target: "misses the target",
  coverage: "leaves an area bare",
  divert: "taken from another call",
  capability: "kept for graver calls",
};

export interface SuggestionListProps {
  readonly desk: BoardDesk;
  readonly view: CallView;
  readonly door: SuggestionsDoor;
}

export function SuggestionList({ desk, view, door }: SuggestionListProps): JSX.Element {
  const { found, problem, loading } = door;
  const [all, setAll] = useState(false);
  useEffect(() => setAll(false), [view.call.id]);
  const ranked = eligible(found);
  const shown = all ? ranked : ranked.slice(0, SHOWN);
  return (
    <section class="suggestions" aria-label="Who could take it" aria-busy={loading}>
      <header>
        <h3>{view.live.length === 0 ? "Who should go" : "Send another one too"}</h3>
        {found !== null && <small>{TRAVEL[found.travel] ?? found.travel}</small>}
        <button class="icon-button" type="button" aria-label="Ask again" title="Ask again" onClick={door.reload}>
          <Icon name="refresh" />
        </button>
      </header>
      {found === null && problem === null && <p class="quiet">Looking for units…</p>}
      {problem !== null && (
        <p class="note note--error" role="alert">
          <Icon name="warning" />
          {problem}
        </p>
      )}
      {found !== null && found.words !== "" && <p class="suggestions__words">{found.words}</p>}
      {found !== null && ranked.length === 0 && <p class="note note--error">No unit can take it now. It stays in the queue.</p>}
      <ol class="suggestions__list">
        {shown.map((candidate, place) => (
          <Suggestion key={candidate.ambulance_id} {...{ desk, view, door, candidate, place }} />
        ))}
      </ol>
      {ranked.length > shown.length && (
        <button class="link" type="button" onClick={() => setAll(true)}>
          {ranked.length - shown.length} more
        </button>
      )}
      <Excluded candidates={(found?.candidates ?? []).filter((one) => !ranked.includes(one))} />
    </section>
  );
}

interface SuggestionProps extends SuggestionListProps {
  readonly candidate: Candidate;
  /** From 0. */
  readonly place: number;
}

function Suggestion({ desk, view, door, candidate, place }: SuggestionProps): JSX.Element {
  const held = desk.busy.get(candidate.ambulance_id);
  const why = Object.entries(PARTS).flatMap(([name, words]) => {
    const seconds = candidate.parts?.[name] ?? 0;
    return Math.abs(seconds) >= 1 ? [`${words} (${seconds > 0 ? "+" : "−"}${sayTravel(Math.abs(seconds))})`] : [];
  });
  return (
    <li class="suggestion" data-first={place === 0}>
      <span class="suggestion__place">{place + 1}</span>
      <span class="suggestion__plate">{candidate.plate_number}</span>
      <b class="suggestion__eta">{candidate.eta_s === null ? "–" : sayTravel(candidate.eta_s)}</b>
      <span class="suggestion__why">
        {held !== undefined && `now ${sayStage(held.status).toLowerCase()} elsewhere · `}
        {candidate.is_base_used && "from its base, its position is too old · "}
        {why.length === 0 ? "nothing against it" : why.join(" · ")}
      </span>
      <button
        class={`button button--small${place === 0 && view.live.length === 0 ? " button--primary" : ""}`}
        type="button"
        aria-keyshortcuts={place < KEYS ? String(place + 1) : undefined}
        onClick={() => offerAt(desk, view, door.found, place)}
      >
        {held === undefined ? "Offer" : "Divert"}
        {place < KEYS && <kbd aria-hidden="true">{place === 0 && view.live.length === 0 ? "Enter" : place + 1}</kbd>}
      </button>
    </li>
  );
}

function Excluded({ candidates }: { candidates: readonly Candidate[] }): JSX.Element | null {
  if (candidates.length === 0) return null;
  return (
    <details class="excluded">
      <summary>
        {candidates.length} {candidates.length === 1 ? "unit" : "units"} left out
      </summary>
      <ul>
        {candidates.map((candidate) => (
          <li key={candidate.ambulance_id}>
            <b>{candidate.plate_number}</b> {candidate.detail ?? candidate.why_not}
          </li>
        ))}
      </ul>
    </details>
  );
}
