/** A session that goes on: the sensor comes, the resting position is measured, and then it is counted. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import type { PhysioFeed, PhysioLive } from "../physio/feed.ts";
import { usePhysioLive } from "../physio/feed.ts";
import { attempt } from "../shared/attempt.ts";
import { useObserved } from "../shared/observable.ts";
import { explainProblem } from "../shared/problems.tsx";
import { ScreenKeeper } from "../tablet/awake.ts";
import { Calibrate } from "./calibrate.tsx";
import { cancel, readSession, stop } from "./exercise-api.ts";
import type { Exercise, PhysioSession } from "./exercise-api.ts";
import type { Rep } from "./run-state.ts";
import { RunStage } from "./run-stage.tsx";
import { sound } from "./tones.ts";
import { untilHeard } from "./until-heard.ts";
import { useRun } from "./use-run.ts";
import type { Run } from "./use-run.ts";

export interface RunViewProps {
  readonly session: PhysioSession;
  readonly exercise: Exercise | null;
  /** It is over, by whomever; what was counted so far. */
  readonly onEnded: (session: PhysioSession, reps: readonly Rep[]) => void;
}

export function RunView(props: RunViewProps): JSX.Element {
  const live = usePhysioLive([props.session.id]);
  useEffect(() => {
    const keeper = new ScreenKeeper(
      () => undefined,
      () => undefined,
    );
    const unlock = (): void => sound.unlock(); // after a reload nothing may be heard before the first touch
    keeper.start();
    document.addEventListener("pointerdown", unlock);
    document.addEventListener("keydown", unlock);
    return () => {
      keeper.stop();
      document.removeEventListener("pointerdown", unlock);
      document.removeEventListener("keydown", unlock);
    };
  }, []);
  if (live === null) return <p role="status">Connecting…</p>;
  return <Followed {...props} live={live} feed={live.feed(props.session.id)} />;
}

/** Asks the hub how a session ended that ended somewhere else. */
function useEnd(run: Run, refused: boolean, { session, onEnded }: RunViewProps): void {
  const over = refused || (run.status !== "in_progress" && run.status !== "scheduled");
  const reps = useRef(run.reps);
  reps.current = run.reps;
  useEffect(() => {
    if (!over) return undefined;
    const left = new AbortController();
    const ask = (): Promise<PhysioSession> => readSession(session.id);
    void attempt(async () => {
      const ended = await untilHeard(ask, () => undefined, left.signal);
      if (!left.signal.aborted && ended.status !== "in_progress") onEnded(ended, reps.current);
    });
    return () => left.abort();
  }, [over]);
}

interface FollowedProps extends RunViewProps {
  readonly live: PhysioLive;
  readonly feed: PhysioFeed;
}

function Followed({ live, feed, ...props }: FollowedProps): JSX.Element {
  const { session, exercise } = props;
  const run = useRun(live, feed, session, exercise);
  const [calibrated, setCalibrated] = useState(session.rest_angle !== null);
  useEnd(run, useObserved(feed.refused), props);
  const wasLive = useRef(false);
  wasLive.current ||= run.phase === "live";
  const away = run.phase === "waiting" || (run.phase !== "live" && wasLive.current); // the first moment is no outage
  const begun = calibrated || run.reps.length > 0;
  useFocus(begun);
  return (
    <div class="run">
      <div class="run__top">
        <p class="run__link" data-away={away} role="status">
          {away ? "No connection. Keep going: your sensor remembers what you do." : run.sensing ? "The sensor is there." : ""}
        </p>
        <SoundSwitch />
      </div>
      <Announced run={run} />
      {begun ? (
        <RunStage run={run} away={away} onCalibrate={() => setCalibrated(false)} />
      ) : (
        <Calibrate sessionId={session.id} sensing={run.sensing} onDone={() => setCalibrated(true)} />
      )}
      <Ending {...props} run={run} />
    </div>
  );
}

/** The button that was pressed is gone with the step before: whoever uses no pointer goes on from the title. */
function useFocus(begun: boolean): void {
  const before = useRef(begun);
  useEffect(() => {
    if (before.current === begun) return;
    before.current = begun;
    if (document.activeElement === document.body) document.querySelector<HTMLElement>(".page h1")?.focus();
  }, [begun]);
}

function SoundSwitch(): JSX.Element {
  const on = useObserved(sound.on);
  return (
    <button class="button button--small" type="button" aria-pressed={on} onClick={() => sound.toggle()}>
      <Icon name={on ? "sound" : "muted"} />
      {on ? "Sound on" : "Sound off"}
    </button>
  );
}

/** For the ears alone: the words stay until others follow, and the same words again are new ones. */
function Announced({ run }: { run: Run }): JSX.Element {
  const last = useRef("");
  if (run.cue !== null) last.current = run.cue.words;
  return (
    <p class="visually-hidden" aria-live="assertive">
      <span key={run.standing.count}>{last.current}</span>
    </p>
  );
}

function Ending({ session, run, onEnded }: RunViewProps & { readonly run: Run }): JSX.Element {
  const [state, setState] = useState<"asking" | "waiting" | null>(null);
  const [error, setError] = useState<string | null>(null);
  const ending = useRef(new AbortController());
  useEffect(() => () => ending.current.abort(), []);
  const nothing = run.standing.count === 0;
  const end = async (): Promise<void> => {
    sound.unlock();
    setState("asking");
    setError(null);
    try {
      const done = (): Promise<PhysioSession> => (nothing ? cancel(session.id) : stop(session.id));
      const ended = await untilHeard(done, () => setState("waiting"), ending.current.signal);
      onEnded(ended, run.reps);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!ending.current.signal.aborted) setError(explainProblem(problem));
      setState(null);
    }
  };
  const words: ComponentChildren = state === null ? (nothing ? "Leave it for now" : "Stop") : "Stopping…";
  return (
    <div class="run__end">
      {error !== null && (
        <p class="note note--error" role="alert">
          <Icon name="warning" />
          {error}
        </p>
      )}
      {state === "waiting" && <p role="status">No connection at the moment. It ends as soon as the hub answers; you can rest already.</p>}
      <button class="button run__stop" type="button" disabled={state !== null} onClick={() => void end()}>
        <Icon name="square" />
        {words}
      </button>
    </div>
  );
}
