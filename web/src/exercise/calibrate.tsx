/** The resting position: three seconds of keeping still, from which everything is measured. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { explainProblem } from "../shared/problems.tsx";
import { calibrate } from "./exercise-api.ts";
import { sound } from "./tones.ts";
import { untilHeard } from "./until-heard.ts";

const COUNT_FROM = 3;
/** Then the sensor is asked after, not only waited for. */
const PATIENCE_MS = 15_000;

export interface CalibrateProps {
  readonly sessionId: string;
  readonly sensing: boolean;
  /** It was measured, or is left out. */
  readonly onDone: () => void;
}

type Step = "ready" | "measuring" | number;

export function Calibrate({ sessionId, sensing, onDone }: CalibrateProps): JSX.Element {
  const [step, setStep] = useState<Step>("ready");
  const [error, setError] = useState<string | null>(null);
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const measure = async (): Promise<void> => {
    setStep("measuring");
    try {
      await untilHeard(() => calibrate(sessionId), () => undefined, leaving.current.signal);
      sound.play("go");
      onDone();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (leaving.current.signal.aborted) return;
      setError(`${explainProblem(problem)} Check that the sensor is on, then try again.`);
      setStep("ready");
    }
  };
  useEffect(() => {
    if (typeof step !== "number") return undefined;
    sound.play("tick");
    const timer = setTimeout(() => (step > 1 ? setStep(step - 1) : void measure()), 1_000);
    return () => clearTimeout(timer);
  }, [step]);
  const begin = (): void => {
    sound.unlock();
    setError(null);
    setStep(COUNT_FROM);
  };
  if (!sensing && step === "ready") return <Waiting onSkip={onDone} />;
  return (
    <section class="calibrate" aria-label="Resting position">
      <h2>{step === "ready" ? "Take your starting position" : "Keep still"}</h2>
      {step === "ready" ? (
        <p>Rest the way the exercise begins, and keep still for three seconds. Everything is measured from there.</p>
      ) : (
        <p class="calibrate__count" role="status" aria-live="assertive">
          {typeof step === "number" ? step : "Measuring…"}
        </p>
      )}
      {error !== null && (
        <p class="note note--error" role="alert">
          <Icon name="warning" />
          {error}
        </p>
      )}
      {step === "ready" && (
        <div class="calibrate__ways">
          <button class="button button--primary" type="button" onClick={begin}>
            I am ready
          </button>
          <button class="button" type="button" onClick={onDone}>
            Go on without
          </button>
        </div>
      )}
    </section>
  );
}

function Waiting({ onSkip }: { onSkip: () => void }): JSX.Element {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <section class="calibrate" aria-label="The sensor">
      <h2>Waiting for your sensor…</h2>
      <p role="status">Switch it on, put it on as you were shown, and keep it near.</p>
      {long && (
        <p>
          It has not come yet. Is its battery charged, and is it in reach of your network? You can also do the exercise without it:
          leave the session for now, and tick the repetitions off.
        </p>
      )}
      <div class="calibrate__ways">
        <button class="button" type="button" onClick={onSkip}>
          Go on without measuring the resting position
        </button>
      </div>
    </section>
  );
}
