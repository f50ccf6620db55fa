/** One record of the hub's, with the version that was read. */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { useRenewals } from "../shell/session-end.ts";
import { readOne } from "./http.ts";
import type { Row } from "./http.ts";

export interface RecordDoor<R> {
  readonly row: R | null;
  readonly etag: string | null;
  readonly problem: Problem | null;
  readonly loading: boolean;
  readonly reload: () => void;
  /** Show what a change answered, without asking again. */
  readonly put: (row: R, etag: string | null) => void;
}

interface Stand<R> {
  readonly row: R | null;
  readonly etag: string | null;
  readonly problem: Problem | null;
  readonly loading: boolean;
}

const NOTHING = { row: null, etag: null, problem: null };

/** Read `path`; null reads nothing. */
export function useRecord<R = Row>(path: string | null): RecordDoor<R> {
  const [stand, setStand] = useState<Stand<R>>({ ...NOTHING, loading: path !== null });
  const [turn, setTurn] = useState(0);
  const renewals = useRenewals();
  useEffect(() => setStand({ ...NOTHING, loading: path !== null }), [path]);
  useEffect(() => {
    if (path === null) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    setStand((before) => ({ ...before, loading: true }));
    readOne<R>(path, signal).then(
      ({ body, etag }) => !signal.aborted && setStand({ row: body, etag, problem: null, loading: false }),
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setStand({ ...NOTHING, problem: error, loading: false });
      },
    );
    return () => controller.abort();
  }, [path, turn, renewals]);
  return {
    ...stand,
    reload: () => setTurn((before) => before + 1),
    put: (row, etag) => setStand({ row, etag, problem: null, loading: false }),
  };
}
