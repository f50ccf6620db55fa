/** What a table is asked to show: filters and order in the address, the search beside it, so that Back keeps them. */

import { useEffect, useState } from "preact/hooks";
import { setQuery, setSearch, useWhereabouts } from "./router.ts";

/** Search (`q`), order (`sort`) and filters by their parameters' names. */
export type ListState = Readonly<Record<string, string>>;

export interface ListStateDoor {
  readonly state: ListState;
  readonly onState: (change: Readonly<Record<string, string | null>>) => void;
}

function merged(before: ListState, change: Readonly<Record<string, string | null>>): ListState {
  const entries = Object.entries({ ...before, ...change });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ""));
}

/** In the address, or, for a table inside of a page, in that page alone. */
export function useListState(inAddress: boolean): ListStateDoor {
  const { query, search } = useWhereabouts();
  const [own, setOwn] = useState<ListState>({});
  if (inAddress) {
    const state = merged(Object.fromEntries(new URLSearchParams(query)), { q: search });
    return {
      state,
      onState: ({ q, ...change }) => {
        if (q !== undefined) setSearch(q ?? "");
        if (Object.keys(change).length > 0) setQuery(change);
      },
    };
  }
  return { state: own, onState: (change) => setOwn((before) => merged(before, change)) };
}

/** `value`, once it has stood still: no request for every key. */
export function useSettled(value: string, afterMs: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
