/** A list of the hub's, page by page: cursors lead forward, and the way back is remembered here. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { useRenewals } from "../shell/session-end.ts";
import { readPage } from "./http.ts";
import type { ListPage, Query } from "./http.ts";

export interface ListDoor<R> {
  /** Null before the first page has come. */
  readonly page: ListPage<R> | null;
  readonly problem: Problem | null;
  /** A page is on its way; the one before stays in sight. */
  readonly loading: boolean;
  /** From 1. */
  readonly number: number;
  readonly total: number | null;
  readonly next: (() => void) | null;
  readonly previous: (() => void) | null;
  readonly count: () => void;
  readonly reload: () => void;
}

interface Stand<R> {
  readonly page: ListPage<R> | null;
  readonly problem: Problem | null;
  readonly loading: boolean;
}

/** Read `path` with `query`, from its first page whenever one of them changes; `limit` rows a page. */
export function useList<R>(path: string, query: Query, limit = 50): ListDoor<R> {
  const key = path + JSON.stringify(query);
  const [stand, setStand] = useState<Stand<R>>({ page: null, problem: null, loading: true });
  // the cursors that led to each page so far, null for the first; they belong to one key
  const [trail, setTrail] = useState<{ key: string; cursors: readonly (string | null)[] }>({ key, cursors: [null] });
  const [wish, setWish] = useState<{ key: string; total: number | null }>({ key: "", total: null });
  const [turn, setTurn] = useState(0);
  const renewals = useRenewals();
  const cursors = trail.key === key ? trail.cursors : [null];
  const cursor = cursors.at(-1) ?? null;
  const newest = useRef(key);
  newest.current = key;

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setStand((before) => ({ ...before, loading: true }));
    readPage<R>(path, { ...query, limit, cursor }, signal).then(
      (page) => !signal.aborted && setStand({ page, problem: null, loading: false }),
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setStand({ page: null, problem: error, loading: false });
      },
    );
    return () => controller.abort();
  }, [key, cursor, limit, turn, renewals]);

  const count = (): void => {
    readPage<R>(path, { ...query, limit: 1, total: true }).then(
      ({ total }) => newest.current === key && setWish({ key, total: total ?? null }),
      () => undefined, // the list itself says what is wrong
    );
  };
  const after = stand.page?.next_cursor ?? null;
  return {
    ...stand,
    number: cursors.length,
    total: wish.key === key ? wish.total : null,
    next: after === null ? null : () => setTrail({ key, cursors: [...cursors, after] }),
    previous: cursors.length === 1 ? null : () => setTrail({ key, cursors: cursors.slice(0, -1) }),
    count,
    reload: () => setTurn((before) => before + 1),
  };
}
