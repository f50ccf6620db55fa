/** A session while it goes on: the angle as it moves, how many repetitions, and what the next one lacks. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { useObserved } from "../shared/observable.ts";
import { Skeleton } from "../shared/table-rows.tsx";
import { Tabs } from "../shared/tabs.tsx";
import { Card } from "../shell/page.tsx";
import { useBeat } from "./beat.ts";
import { ChartKey } from "./chart-key.tsx";
import { usePhysioLive, usePhysioSession } from "./feed.ts";
import type { PhysioFeed, PhysioLive } from "./feed.ts";
import { nameOfMotion, normOf } from "./joints.ts";
import type { LiveJoint } from "./live.ts";
import { LiveFigure } from "./live-figure.tsx";
import { isSilent, mainJoint, sayConnection, sayNow, sayRepetitions, targetOf } from "./live-words.ts";
import { sayCount, sayDegrees } from "./repetition.ts";
import { RepetitionTable } from "./repetition-table.tsx";
import type { PhysioSession } from "./session-api.ts";

export function LivePart({ session, onEnded }: { session: PhysioSession; onEnded: () => void }): JSX.Element {
  const ids = useMemo(() => [session.id], [session.id]);
  const live = usePhysioLive(ids);
  if (live === null) return <Skeleton columns={3} />;
  return <Watched key={session.id} live={live} feed={live.feed(session.id)} onEnded={onEnded} />;
}

interface WatchedProps {
  readonly live: PhysioLive;
  readonly feed: PhysioFeed;
  readonly onEnded: () => void;
}

function Watched({ live, feed, onEnded }: WatchedProps): JSX.Element {
  const session = usePhysioSession(feed);
  const refused = useObserved(feed.refused);
  const connection = useObserved(live.connection);
  const [chosen, setChosen] = useState<string | null>(null);
  const ended = session !== null && session.status !== "in_progress";
  useEffect(() => {
    if (ended || refused) onEnded(); // how it stands now says the hub
  }, [ended, refused]);
  const trouble = refused ? "The hub does not show this session live. It is still kept, and can be seen afterwards." : sayConnection(connection);
  const joint = session?.joints.find((one) => one.joint === chosen) ?? mainJoint(session);
  const shown = <Moving joint={joint} nowMs={live.nowMs} />;
  return (
    <>
      {trouble !== null && (
        <p class="note" role="status">
          <Icon name="warning" />
          {trouble}
        </p>
      )}
      {session === null && trouble === null && <Skeleton columns={3} />}
      {session !== null && session.joints.length > 1 ? (
        <div class="joint-tabs">
          <Tabs
            label="Joints"
            tabs={session.joints.map((one) => ({ name: one.joint, label: nameOfMotion(one.joint, targetOf(one)), count: one.count }))}
            chosen={joint?.joint ?? ""}
            onChoose={setChosen}
          >
            {shown}
          </Tabs>
        </div>
      ) : (
        session !== null && shown
      )}
    </>
  );
}

function Moving({ joint, nowMs }: { joint: LiveJoint | null; nowMs: () => number }): JSX.Element {
  if (joint === null) return <NothingYet />;
  const { repetitions } = joint;
  const name = nameOfMotion(joint.joint, targetOf(joint));
  const scene = { norm: normOf(joint.joint), target: targetOf(joint), marks: [], chosen: null };
  return (
    <>
      <Numbers joint={joint} nowMs={nowMs} />
      <Card title={name}>
        <LiveFigure key={joint.joint} joint={joint} nowMs={nowMs} words={`${name} in the last 30 seconds`} />
        <ChartKey scene={scene} />
      </Card>
      <Card title="Repetitions">
        <RepetitionTable
          repetitions={[...repetitions].reverse()}
          chosen={null}
          empty="None yet. One counts when the joint has gone out and come back."
        />
      </Card>
    </>
  );
}

function NothingYet(): JSX.Element {
  return (
    <div class="empty empty--page" role="status">
      <h2>Waiting for the sensor</h2>
      <p>The session has begun. As soon as a sensor sends, its angle moves here: is it switched on, charged and on the joint?</p>
    </div>
  );
}

/** Large, for a look across the room. */
function Numbers({ joint, nowMs }: { joint: LiveJoint; nowMs: () => number }): JSX.Element {
  useBeat(1_000);
  const { valid, count, targetReps, angle, phase, shortDeg } = joint;
  const silent = isSilent(joint, nowMs());
  const tone = phase === "out" && shortDeg !== null && shortDeg < 0.5 ? "good" : "plain";
  return (
    <div class="now" data-silent={silent}>
      <div class="now__count">
        <b>{valid}</b>
        <span>{targetReps === null ? "repetitions" : `of ${targetReps}`}</span>
      </div>
      <dl class="now__facts">
        <div>
          <dt>Angle</dt>
          <dd>{sayDegrees(angle)}</dd>
        </div>
        <div data-tone={tone}>
          <dt>Now</dt>
          <dd>{silent && angle !== null ? "No signal" : sayNow(joint)}</dd>
        </div>
        <div>
          <dt>Partial</dt>
          <dd>{sayCount(count - valid, null)}</dd>
        </div>
      </dl>
      <p class="visually-hidden" role="status" aria-live="polite">
        {sayRepetitions(joint)}
      </p>
    </div>
  );
}
