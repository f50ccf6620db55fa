/** Where the call stands, and the next stage under one thumb; what was tapped can be taken back for a moment. */

import type { Report, Stage } from "@arogya/client";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import type { OwnCall, Pending } from "./crew-state.ts";
import { nextStages, STAGE_WORDS, STAGES } from "./stages.ts";
import type { At } from "./stages.ts";
import type { Tablet } from "./tablet-store.ts";
import { clockOf } from "./words.ts";

export interface StageButtonsProps {
  readonly tablet: Tablet;
  readonly call: OwnCall;
  readonly pending: Pending | null;
  readonly reports: readonly Report[];
  readonly nowMs: number;
}

/** The stages of this call that the hub has not answered. */
function queuedOf({ details }: OwnCall, reports: readonly Report[]): ReadonlySet<At> {
  const mine = reports.flatMap((report): At[] => {
    if (report.kind === "accept" && report.body.assignment === details.assignment) return ["accepted"];
    return report.kind === "stage" && report.body.assignment === details.assignment ? [report.body.stage] : [];
  });
  return new Set(mine);
}

export function StageButtons({ tablet, call, pending, reports, nowMs }: StageButtonsProps): JSX.Element {
  return (
    <section class="tablet-stages" aria-label="Stages">
      <Steps call={call} queued={queuedOf(call, reports)} />
      {pending === null ? (
        <Next tablet={tablet} at={call.at} />
      ) : (
        <div class="tablet-undo" role="status">
          <b>{pending.noTransport ? "Cleared, no transport" : STAGE_WORDS[pending.stage].state}</b>
          <span>
            {clockOf(pending.atMs)} · sent in {Math.max(1, Math.ceil((pending.dueMs - nowMs) / 1000))} s
          </span>
          <button class="tablet-button tablet-button--undo" type="button" onClick={() => tablet.takeBack()}>
            Undo
          </button>
        </div>
      )}
    </section>
  );
}

function Steps({ call, queued }: { call: OwnCall; queued: ReadonlySet<At> }): JSX.Element {
  const reached = call.at === "accepted" ? 0 : STAGES.indexOf(call.at) + 1;
  const all: readonly At[] = ["accepted", ...STAGES];
  return (
    <ol class="tablet-steps">
      {all.slice(0, reached + 1).map((stage) => {
        const atMs = call.times[stage];
        return (
          <li key={stage} aria-current={stage === call.at ? "step" : undefined} data-queued={queued.has(stage)}>
            <span>{STAGE_WORDS[stage].state}</span>
            <time>{atMs === undefined ? "–" : clockOf(atMs)}</time>
            {queued.has(stage) && <em>waits to be sent</em>}
            {!queued.has(stage) && atMs !== undefined && <Icon name="check" />}
          </li>
        );
      })}
    </ol>
  );
}

function Next({ tablet, at }: { tablet: Tablet; at: At }): JSX.Element {
  const [more, setMore] = useState(false);
  const [next, ...later] = nextStages(at);
  const tap = (stage: Stage, noTransport = false): void => {
    setMore(false);
    tablet.tap(stage, noTransport);
  };
  return (
    <>
      {next !== undefined && (
        <button class="tablet-button tablet-button--next" type="button" onClick={() => tap(next)}>
          {STAGE_WORDS[next].deed}
        </button>
      )}
      {at === "on_scene" && (
        <button class="tablet-button" type="button" onClick={() => tap("cleared", true)}>
          No transport: clear
        </button>
      )}
      {later.length > 0 && !more && (
        <button class="tablet-button tablet-button--quiet" type="button" onClick={() => setMore(true)}>
          Another stage…
        </button>
      )}
      {more &&
        later.map((stage) => (
          <button key={stage} class="tablet-button" type="button" onClick={() => tap(stage)}>
            {STAGE_WORDS[stage].deed}
          </button>
        ))}
    </>
  );
}
