/** Small multiples: the same chart for each session, so that they can be compared at a glance. */

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { useObserved } from "../shared/observable.ts";
import { useBeat } from "./beat.ts";
import { usePhysioLive, usePhysioSession } from "./feed.ts";
import type { PhysioFeed, PhysioLive } from "./feed.ts";
import { nameOfMotion } from "./joints.ts";
import type { LiveJoint } from "./live.ts";
import { LiveFigure } from "./live-figure.tsx";
import { isSilent, mainJoint, sayConnection, sayNow, sayRepetitions, targetOf } from "./live-words.ts";
import { sayDegrees } from "./repetition.ts";
import type { PhysioSession } from "./session-api.ts";

/** As many as one connection takes. */
const GROUP = 16;

export interface WallTilesProps {
  readonly sessions: readonly PhysioSession[];
  /** One of them is over. */
  readonly onEnded: () => void;
}

export function WallTiles({ sessions, onEnded }: WallTilesProps): JSX.Element | null {
  const sorted = useMemo(
    () => [...sessions].sort((one, other) => Date.parse(one.started_at ?? "") - Date.parse(other.started_at ?? "")),
    [sessions],
  );
  if (sorted.length === 0) return null;
  const groups = Array.from({ length: Math.ceil(sorted.length / GROUP) }, (_, at) => sorted.slice(at * GROUP, (at + 1) * GROUP));
  return (
    <ul class="wall-tiles" aria-label="Sessions in progress">
      {groups.map((group, at) => (
        <Group key={at} sessions={group} onEnded={onEnded} />
      ))}
    </ul>
  );
}

function Group({ sessions, onEnded }: WallTilesProps): JSX.Element | null {
  const key = sessions.map(({ id }) => id).join();
  const ids = useMemo(() => sessions.map(({ id }) => id), [key]);
  const live = usePhysioLive(ids);
  if (live === null) return null;
  return (
    <>
      {sessions.map((session) => (
        <Tile key={session.id} live={live} feed={live.feed(session.id)} session={session} onEnded={onEnded} />
      ))}
    </>
  );
}

interface TileProps {
  readonly live: PhysioLive;
  readonly feed: PhysioFeed;
  readonly session: PhysioSession;
  readonly onEnded: () => void;
}

function Tile({ live, feed, session, onEnded }: TileProps): JSX.Element {
  useBeat(1_000);
  const now = usePhysioSession(feed);
  const refused = useObserved(feed.refused);
  const connection = useObserved(live.connection);
  const ended = now !== null && now.status !== "in_progress";
  useEffect(() => {
    if (ended) onEnded();
  }, [ended]);
  const joint = mainJoint(now);
  const name = session.patient?.name ?? "A patient";
  const silent = joint === null || isSilent(joint, live.nowMs());
  const trouble = refused ? "Not to be watched live" : sayConnection(connection) === null ? null : "The hub is away";
  return (
    <li class="tile" data-silent={silent || trouble !== null}>
      <header class="tile__head">
        <h2>
          <a href={`/physio/sessions/${session.id}`}>{name}</a>
        </h2>
        <span class="quiet">{jointWords(session, joint)}</span>
      </header>
      <LiveFigure joint={joint} nowMs={live.nowMs} words={`${name}, the last 30 seconds`} compact />
      <footer class="tile__foot">
        <span class="tile__count">
          <b>{joint?.valid ?? 0}</b>
          {joint?.targetReps === null || joint === null ? "" : ` of ${joint.targetReps}`}
          {joint !== null && joint.count > joint.valid && <small> +{joint.count - joint.valid} partial</small>}
        </span>
        <span class="tile__angle">{sayDegrees(joint?.angle ?? null)}</span>
        <span class="tile__now" data-tone={toneOf(joint)}>
          {trouble ?? sayTile(joint, silent)}
        </span>
      </footer>
      {joint !== null && <span class="visually-hidden">{sayRepetitions(joint)}</span>}
    </li>
  );
}

function sayTile(joint: LiveJoint | null, silent: boolean): string {
  if (joint === null || joint.angle === null) return "Waiting for the sensor";
  return silent ? "No signal" : sayNow(joint);
}

function jointWords(session: PhysioSession, joint: LiveJoint | null): string {
  const name = joint?.joint ?? session.joint;
  const target = joint === null ? session : targetOf(joint);
  return `${name === null ? "" : nameOfMotion(name, target)}${session.supervised ? "" : " · at home"}`;
}

function toneOf(joint: LiveJoint | null): string {
  if (joint === null || joint.phase !== "out" || joint.shortDeg === null) return "plain";
  return joint.shortDeg < 0.5 ? "good" : "plain";
}
