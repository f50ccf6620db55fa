/** Calls that may be the one that is being taken: shown while it is written down, with a way to join one. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { useSettled } from "../shared/list-state.ts";
import { sayAgo } from "../shared/words.ts";
import { likelySame } from "./board-api.ts";
import { PriorityMark } from "./marks.tsx";
import { nameOfCall, placeOfCall } from "./picture.ts";
import type { Call, LikelyCall } from "./shapes.ts";
import { isOpen, sayStage } from "./stages.ts";

const SETTLED_MS = 300;
const DIGITS_MIN = 4;
const LETTERS_MIN = 4;

export interface Asked {
  readonly callback: string;
  readonly patientId: string | null;
  readonly complaint: string;
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
}

/** What is asked for, as text; empty while too little is known. */
function queryOf({ callback, patientId, complaint, place }: Asked): string {
  const digits = callback.replace(/\D/g, "");
  const query = {
    callback_number: digits.length >= DIGITS_MIN ? callback.trim() : undefined,
    patient_id: patientId ?? undefined,
    latitude: place?.latitude,
    longitude: place?.longitude,
    complaint: complaint.trim().length >= LETTERS_MIN ? complaint.trim() : undefined,
  };
  return Object.values(query).every((value) => value === undefined) ? "" : JSON.stringify(query);
}

export function useLikely(asked: Asked): readonly LikelyCall[] {
  const query = useSettled(queryOf(asked), SETTLED_MS);
  const [found, setFound] = useState<readonly LikelyCall[]>([]);
  useEffect(() => {
    if (query === "") {
      setFound([]);
      return undefined;
    }
    const controller = new AbortController();
    const { signal } = controller;
    likelySame(JSON.parse(query) as Parameters<typeof likelySame>[0], signal).then(
      ({ items }) => !signal.aborted && setFound(items),
      (error: unknown) => {
        if (!signal.aborted && !(error instanceof Problem)) throw error; // without an answer nothing is likely
      },
    );
    return () => controller.abort();
  }, [query]);
  return found;
}

export function LikelyList({
  found,
  onJoin,
}: {
  readonly found: readonly LikelyCall[];
  readonly onJoin: (call: Call) => void;
}): JSX.Element | null {
  if (found.length === 0) return null;
  return (
    <section class="likely" aria-label="Perhaps the same call" role="status">
      <h3>Perhaps the same call</h3>
      <ul>
        {found.map(({ request, why }) => (
          <li key={request.id}>
            <PriorityMark priority={request.priority} />
            <div>
              <strong>{nameOfCall(request)}</strong>
              <small>
                {sayStage(request.status)} · {sayAgo(request.requested_at)} · {placeOfCall(request)}
              </small>
              <small class="likely__why">{why.join(" · ")}</small>
            </div>
            <button class="button button--small" type="button" onClick={() => onJoin(request)}>
              {isOpen(request) ? "Join this one" : "Look at it"}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
