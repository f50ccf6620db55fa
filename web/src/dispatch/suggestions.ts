/** Who could take the chosen call: asked for when it is opened, when something about it changes, and every so often. */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { explainProblem } from "../shared/problems.tsx";
import { useRenewals } from "../shell/session-end.ts";
import { suggestionsFor } from "./board-api.ts";
import type { CallView } from "./picture.ts";
import type { Suggestions } from "./shapes.ts";
import { isOpen } from "./stages.ts";

/** Units move: an older list is asked for again. */
const FRESH_MS = 20_000;

export interface SuggestionsDoor {
  /** Null before the first answer. */
  readonly found: Suggestions | null;
  readonly problem: string | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** What the choice depends on, beside where the units are. */
function keyOf({ call, assignments }: CallView): string {
  const { id, priority, needs, pickup_location: place } = call;
  return JSON.stringify([id, priority, needs, place, assignments.map(({ ambulance, status }) => [ambulance.id, status])]);
}

interface Stand {
  readonly call: string;
  readonly found: Suggestions | null;
  readonly problem: string | null;
}

export function useSuggestions(view: CallView | null): SuggestionsDoor {
  const wanted = view !== null && isOpen(view.call) ? view : null;
  const key = wanted === null ? "" : keyOf(wanted);
  const id = wanted?.call.id ?? "";
  const [stand, setStand] = useState<Stand>({ call: "", found: null, problem: null });
  const [loading, setLoading] = useState(false);
  const [turn, setTurn] = useState(0);
  const renewals = useRenewals();
  useEffect(() => {
    if (id === "") return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    setLoading(true);
    suggestionsFor(id, signal).then(
      (found) => {
        if (signal.aborted) return;
        setStand({ call: id, found, problem: null });
        setLoading(false);
      },
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setStand({ call: id, found: null, problem: explainProblem(error) });
        setLoading(false);
      },
    );
    const timer = setTimeout(() => setTurn((before) => before + 1), FRESH_MS);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, turn, renewals]);
  const mine = stand.call === id ? stand : { found: null, problem: null };
  return { found: mine.found, problem: mine.problem, loading, reload: () => setTurn((before) => before + 1) };
}
