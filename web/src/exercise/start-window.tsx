/** Before a session: which sensor, how much it hurts, and off. */

import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { newKey } from "../shared/http.ts";
import { explainProblem } from "../shared/problems.tsx";
import { humanise } from "../shared/words.ts";
import { book, cancel, start } from "./exercise-api.ts";
import type { Exercise, PhysioSession, Sensor } from "./exercise-api.ts";
import { PainScale } from "./pain-scale.tsx";
import { sound } from "./tones.ts";
import { untilHeard } from "./until-heard.ts";

export interface StartWindowProps {
  readonly title: string;
  /** The exercise that a session is made for; null where one was booked. */
  readonly exercise: Exercise | null;
  readonly booked: PhysioSession | null;
  readonly joint: string | null;
  readonly sensors: readonly Sensor[];
  readonly nowMs: () => number;
  readonly onStarted: (session: PhysioSession) => void;
  readonly onClose: () => void;
}

/** Those that measure the joint first; a sensor that names no joints may measure any. */
export function fitting(sensors: readonly Sensor[], joint: string | null): readonly Sensor[] {
  const fits = ({ joints }: Sensor): boolean => joint === null || joints.length === 0 || joints.includes(joint);
  return sensors.filter(fits);
}

export function StartWindow(props: StartWindowProps): JSX.Element {
  const { title, exercise, booked, joint, onStarted, onClose } = props;
  const choices = fitting(props.sensors, joint);
  const [sensorId, setSensorId] = useState<number | null>(choices.find(({ connected }) => connected)?.id ?? choices[0]?.id ?? null);
  const [pain, setPain] = useState<number | null>(null);
  const [busy, setBusy] = useState<"asking" | "waiting" | null>(null);
  const [error, setError] = useState<string | null>(null);
  const ending = useRef(new AbortController());
  useEffect(() => () => ending.current.abort(), []);
  const begin = async (): Promise<void> => {
    sound.unlock(); // a click is the only time at which a browser lets a page be heard
    setBusy("asking");
    setError(null);
    const patient = <T,>(deed: () => Promise<T>): Promise<T> => untilHeard(deed, () => setBusy("waiting"), ending.current.signal);
    const [at, key] = [new Date(props.nowMs()).toISOString(), newKey()]; // however often it is sent, it is one session
    let made: PhysioSession | null = null;
    try {
      if (exercise !== null) made = await patient(() => book(exercise, sensorId, at, key));
      const { id } = made ?? booked ?? {};
      if (id !== undefined) onStarted(await patient(() => start(id, pain)));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (made !== null) cancel(made.id).catch(() => undefined); // it would take the time of the next try
      setError(explainStart(problem));
      setBusy(null);
    }
  };
  const form = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <button class="button" type="button" onClick={onClose}>
            Not now
          </button>
          <button class="button button--primary" type="submit" form={form} disabled={busy !== null}>
            <Icon name="play" />
            {busy === null ? "Start" : "Starting…"}
          </button>
        </>
      }
    >
      <form
        id={form}
        class="form start"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        {error !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {error}
          </p>
        )}
        {busy === "waiting" && <p role="status">No connection at the moment. It starts as soon as the hub answers.</p>}
        {exercise !== null && <SensorChoice sensors={choices} chosen={sensorId} onChoose={setSensorId} />}
        <PainScale question="How much does it hurt now?" pain={pain} onPain={setPain} />
        <p class="quiet">You may leave this out. Stop whenever it hurts more than it should.</p>
      </form>
    </Dialog>
  );
}

/** A refusal in words for somebody on a mat. */
function explainStart(problem: Problem): string {
  const { status, detail } = problem;
  if (status === 409 && /sensor/.test(detail)) return "The sensor is used in another session: end that one first, or choose another sensor.";
  if (status === 409 && /another session/.test(detail)) return "You are in another session: end that one first. It is shown on this page in a moment.";
  if (status === 409 && /taken/.test(detail)) {
    return "Something else is booked for you at this time, so no session can begin. Tick the exercise off instead, or start later.";
  }
  return explainProblem(problem);
}

interface SensorChoiceProps {
  readonly sensors: readonly Sensor[];
  readonly chosen: number | null;
  readonly onChoose: (id: number) => void;
}

function SensorChoice({ sensors, chosen, onChoose }: SensorChoiceProps): JSX.Element {
  const name = useId();
  const away = sensors.find(({ id }) => id === chosen)?.connected === false;
  return (
    <fieldset class="sensors">
      <legend>Sensor</legend>
      {sensors.map((sensor) => (
        <label key={sensor.id} class="sensor" data-connected={sensor.connected}>
          <input type="radio" name={name} checked={sensor.id === chosen} onChange={() => onChoose(sensor.id)} />
          <span class="two-lines">
            <b>{sensor.name}</b>
            <small>
              {sensor.connected ? "Connected" : "Not connected"}
              {sensor.joints.length > 0 && ` · ${sensor.joints.map(humanise).join(", ")}`}
            </small>
          </span>
        </label>
      ))}
      {away && <p class="sensors__away">Switch the sensor on and keep it near. You can start already: it joins as soon as it is there.</p>}
    </fieldset>
  );
}
