/** Sessions that are over: when, how they went, and how much they hurt. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { EmptyState } from "../shared/data-table.tsx";
import { nameOfMotion } from "../physio/joints.ts";
import { sayDegrees } from "../physio/repetition.ts";
import { explainProblem, Failure } from "../shared/problems.tsx";
import { StatusMark } from "../shared/status-mark.tsx";
import { useList } from "../shared/use-list.ts";
import { sayMoment } from "../shared/words.ts";
import { Card } from "../shell/page.tsx";
import { readRepetitions } from "./exercise-api.ts";
import type { Exercise, PhysioSession } from "./exercise-api.ts";
import { Peaks } from "./peaks.tsx";
import { summarise } from "./run-state.ts";
import type { Goal, Rep } from "./run-state.ts";
import { repsOf } from "./summary-view.tsx";

const PAGE = 8;

export function HistoryCard({ exercises }: { exercises: readonly Exercise[] }): JSX.Element {
  const list = useList<PhysioSession>("/physio_sessions", { status: "completed", sort: "-scheduled_at" }, PAGE);
  return (
    <Card title="My sessions">
      {list.problem !== null && <Failure error={list.problem} onRetry={list.reload} />}
      {list.page === null && list.problem === null && <p role="status">Reading…</p>}
      {list.page?.items.length === 0 && (
        <EmptyState title="No sessions yet" text="Sessions that you do with a sensor are listed here, with what was counted in them." />
      )}
      <ul class="sessions-done">
        {list.page?.items.map((session) => (
          <Session key={session.id} session={session} exercise={exercises.find(({ id }) => id === session.exercise_id) ?? null} />
        ))}
      </ul>
      {(list.next !== null || list.previous !== null) && (
        <div class="exercise__ways">
          <button class="button button--small" type="button" disabled={list.previous === null} onClick={() => list.previous?.()}>
            Newer
          </button>
          <button class="button button--small" type="button" disabled={list.next === null} onClick={() => list.next?.()}>
            Earlier
          </button>
        </div>
      )}
    </Card>
  );
}

function minutesOf({ started_at: from, ended_at: to }: PhysioSession): string {
  if (from === null || to === null) return "";
  return ` · ${Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 60_000))} min`;
}

function painOf({ pain_before: before, pain_after: after }: PhysioSession): string {
  if (before === null && after === null) return "";
  return ` · pain ${before ?? "–"} → ${after ?? "–"}`;
}

function Session({ session, exercise }: { session: PhysioSession; exercise: Exercise | null }): JSX.Element {
  const [reps, setReps] = useState<readonly Rep[] | string | null>(null);
  const goal: Goal = {
    ...{ restAngle: session.rest_angle, targetAngle: session.target_angle, reps: session.target_reps },
    ...{ sets: 1, holdS: exercise?.hold_s ?? 0 },
  };
  const open = (event: Event): void => {
    if (!(event.currentTarget as HTMLDetailsElement).open || (typeof reps === "object" && reps !== null && reps.length > 0)) return;
    readRepetitions(session.id).then(
      (found) => setReps(repsOf(found, session.joint)),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        setReps(explainProblem(error));
      },
    );
  };
  return (
    <li>
      <details onToggle={open}>
        <summary>
          <span class="two-lines">
            <b>{exercise?.name ?? (session.joint === null ? "Session" : nameOfMotion(session.joint, session))}</b>
            <small>
              {sayMoment(session.started_at ?? session.scheduled_at)}
              {minutesOf(session)}
              {painOf(session)}
            </small>
          </span>
          {session.status !== "completed" && <StatusMark value={session.status} />}
        </summary>
        <Counted reps={reps} goal={goal} final={session.counted_at != null} />
      </details>
    </li>
  );
}

interface CountedProps {
  readonly reps: readonly Rep[] | string | null;
  readonly goal: Goal;
  readonly final: boolean;
}

function Counted({ reps, goal, final }: CountedProps): JSX.Element {
  if (reps === null) return <p role="status">Reading…</p>;
  if (typeof reps === "string") return <p role="alert">{reps} Close it and open it to try again.</p>;
  if (reps.length === 0) return <p>{final ? "No repetition was counted." : "It is still being counted: look again in a moment."}</p>;
  const { valid, partial, bestAngle } = summarise(reps, goal);
  return (
    <>
      <p>
        {valid} reached the target{partial > 0 && `, ${partial} fell short`}
        {bestAngle !== null && `; farthest ${sayDegrees(bestAngle)}`}.
      </p>
      <Peaks reps={reps} goal={goal} />
    </>
  );
}
