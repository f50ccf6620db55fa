/** Everything that is written down about a call, in one list by time. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Failure } from "../shared/problems.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { readTimeline } from "./board-api.ts";
import { timeWithSeconds } from "./marks.tsx";
import type { CallView } from "./picture.ts";
import type { Happening } from "./shapes.ts";
import { sayDetails, sayHappening } from "./timeline-words.ts";

interface Read {
  readonly items: readonly Happening[] | null;
  readonly problem: Problem | null;
}

/** Read again whenever something about the call has changed. */
function useTimeline(id: string, key: string): Read & { readonly onRetry: () => void } {
  const [read, setRead] = useState<Read>({ items: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => setRead({ items: null, problem: null }), [id]);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    readTimeline(id, signal).then(
      ({ items }) => !signal.aborted && setRead({ items, problem: null }),
      (problem: unknown) => {
        if (signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        setRead({ items: null, problem });
      },
    );
    return () => controller.abort();
  }, [id, key, turn]);
  return { ...read, onRetry: () => setTurn((before) => before + 1) };
}

export function Timeline({ desk, view }: { desk: BoardDesk; view: CallView }): JSX.Element {
  const { call, assignments, alerts } = view;
  const key = [call.version, ...assignments.map(({ version }) => version), alerts.length, desk.board.messages.size].join();
  const { items, problem, onRetry } = useTimeline(call.id, key);
  const [all, setAll] = useState(false);
  if (problem !== null) return <Failure error={problem} onRetry={onRetry} />;
  if (items === null) return <p class="quiet">Reading what happened…</p>;
  const shown = all ? items : items.filter(({ kind, what }) => kind !== "command" && what !== "suggest");
  return (
    <>
      <label class="switch">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
        <span>Also what was sent to tablets, and what was suggested</span>
      </label>
      <ol class="timeline" aria-label="What happened">
        {shown.map((one, place) => (
          <li key={place} data-kind={one.kind} data-what={one.what}>
            <time dateTime={one.at}>{timeWithSeconds(one.at)}</time>
            <div>
              <strong>
                {one.ambulance !== null && `${one.ambulance.plate_number}: `}
                {sayHappening(one)}
              </strong>
              {sayDetails(one) !== "" && <small>{sayDetails(one)}</small>}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}
