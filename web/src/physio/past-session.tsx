/** A session afterwards: what it came to, the whole recording to look into, and every repetition. */

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { EmptyState } from "../shared/data-table.tsx";
import { Failure } from "../shared/problems.tsx";
import { Skeleton } from "../shared/table-rows.tsx";
import { Tabs } from "../shared/tabs.tsx";
import { Card } from "../shell/page.tsx";
import { directionOf, nameOfMotion, NO_TARGET } from "./joints.ts";
import type { Target } from "./joints.ts";
import { PastChart } from "./past-chart.tsx";
import { useRecording } from "./past-reading.ts";
import type { Recording } from "./past-reading.ts";
import { repetitionFrom, sayCount, sayDegrees, saySeconds, tallyOf } from "./repetition.ts";
import type { Repetition } from "./repetition.ts";
import { RepetitionTable } from "./repetition-table.tsx";
import { csvOf } from "./session-api.ts";
import type { PhysioSession } from "./session-api.ts";

export function PastSession({ session }: { session: PhysioSession }): JSX.Element {
  const { recording, problem, reload } = useRecording(session);
  const [chosen, setChosen] = useState<string | null>(null);
  if (problem !== null) return <Failure error={problem} onRetry={reload} />;
  if (recording === null) return <Skeleton columns={3} />;
  const joints = jointsOf(recording, session);
  const joint = joints.find((one) => one === chosen) ?? joints[0];
  if (joint === undefined) return <Nothing session={session} />;
  const shown = <Course key={joint} session={session} recording={recording} joint={joint} />;
  if (joints.length === 1) return shown;
  return (
    <div class="joint-tabs">
      <Tabs
        label="Joints"
        tabs={joints.map((one) => ({ name: one, label: nameOfMotion(one, targetOf(recording, session, one)), count: countOf(recording, one) }))}
        chosen={joint}
        onChoose={setChosen}
      >
        {shown}
      </Tabs>
    </div>
  );
}

/** The session's own joint first. */
function jointsOf({ motion, repetitions }: Recording, { joint }: PhysioSession): readonly string[] {
  const all = new Set([...motion.joints.map((one) => one.joint), ...repetitions.map((one) => one.joint)]);
  return [...all].sort((one, other) => Number(other === joint) - Number(one === joint) || one.localeCompare(other));
}

function countOf({ repetitions }: Recording, joint: string): number {
  return repetitions.filter((one) => one.joint === joint).length;
}

/** What the joint was to reach in the end. */
function targetOf({ targets }: Recording, session: PhysioSession, joint: string): Target {
  return targets.filter((one) => one.joint === joint).at(-1) ?? (session.joint === joint ? session : NO_TARGET);
}

function Nothing({ session }: { session: PhysioSession }): JSX.Element {
  const missed = session.status === "missed" || session.status === "cancelled";
  return (
    <EmptyState
      title={missed ? "The session did not take place" : "Nothing was measured"}
      text={
        missed
          ? "There is nothing to see of it."
          : "No sensor sent anything while it went on. What a sensor kept for itself is taken for seven days after the end: once it is connected again, it appears here."
      }
    />
  );
}

interface CourseProps {
  readonly session: PhysioSession;
  readonly recording: Recording;
  readonly joint: string;
}

function Course({ session, recording, joint }: CourseProps): JSX.Element {
  const [chosen, setChosen] = useState<Repetition | null>(null);
  const target = targetOf(recording, session, joint);
  const repetitions = useMemo(
    () =>
      recording.repetitions.flatMap((row) => {
        const one = row.joint === joint ? repetitionFrom(row, target) : null;
        return one === null ? [] : [one];
      }),
    [recording, joint],
  );
  return (
    <>
      <Sums repetitions={repetitions} target={target} />
      <Card title={nameOfMotion(joint, target)} actions={<Csv session={session} />}>
        <PastChart
          session={session}
          motion={recording.motion}
          joint={joint}
          target={target}
          repetitions={repetitions}
          chosen={chosen}
          onChoose={setChosen}
        />
      </Card>
      <Card title="Repetitions">
        <RepetitionTable
          repetitions={repetitions}
          chosen={chosen?.number ?? null}
          onChoose={(one) => setChosen(one.number === chosen?.number ? null : one)}
          empty="No complete repetition was counted: the joint has to go out and come back by at least 15°."
        />
      </Card>
    </>
  );
}

function Csv({ session }: { session: PhysioSession }): JSX.Element {
  return (
    <a class="button button--small" href={csvOf(session.id)} download title="Every reading of every joint">
      <Icon name="download" />
      CSV
    </a>
  );
}

function Sums({ repetitions, target }: { repetitions: readonly Repetition[]; target: Target }): JSX.Element | null {
  const tally = tallyOf(repetitions, directionOf(target));
  if (tally === null) return null;
  const held = repetitions.some(({ holdS }) => holdS > 0);
  const sums: readonly (readonly [label: string, value: string])[] = [
    ["Target reached", sayCount(tally.valid, target.target_reps)],
    ["Partial", String(tally.count - tally.valid)],
    ["Best peak", sayDegrees(tally.best.peakAngle)],
    ["Mean peak", sayDegrees(tally.meanPeak)],
    ...(held ? [["Mean hold", saySeconds(tally.meanHoldS)] as const] : []),
    ["A repetition took", saySeconds(tally.meanLengthS)],
  ];
  return (
    <dl class="sums">
      {sums.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
