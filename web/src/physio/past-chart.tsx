/** The whole recording of a joint, which can be looked into with the pointer, the keys, or the buttons. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clockTime } from "../format.ts";
import { Icon } from "../icons.tsx";
import { AngleFigure } from "./angle-figure.tsx";
import { ChartKey } from "./chart-key.tsx";
import type { Scene } from "./chart-marks.ts";
import { broken, NO_CURVE } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { nameOfMotion, normOf } from "./joints.ts";
import type { Target } from "./joints.ts";
import { useDetail } from "./past-reading.ts";
import { marksOf, sayDegrees, sayOffset } from "./repetition.ts";
import type { Repetition } from "./repetition.ts";
import type { Motion, PhysioSession } from "./session-api.ts";
import { around, isWhole, panned, within, zoomed } from "./zoom.ts";
import type { Stretch } from "./zoom.ts";

export interface PastChartProps {
  readonly session: PhysioSession;
  readonly motion: Motion;
  readonly joint: string;
  readonly target: Target;
  readonly repetitions: readonly Repetition[];
  readonly chosen: Repetition | null;
  readonly onChoose: (repetition: Repetition | null) => void;
}

interface Look {
  /** The moment that is 0 on the axis. */
  readonly zeroMs: number;
  readonly whole: Stretch;
  readonly stretch: Stretch;
  readonly curve: Curve;
  readonly box: { readonly current: HTMLDivElement | null };
  readonly move: (next: Stretch) => void;
}

const NUMBER = new Intl.NumberFormat();

function curveOf(motion: Motion | null, joint: string): Curve | null {
  const found = motion?.joints.find((one) => one.joint === joint);
  return found === undefined ? null : broken(found.seconds, found.angles);
}

/** From the first to the last reading, and to the last repetition where readings are kept no more. */
function wholeOf(curve: Curve, repetitions: readonly Repetition[], zeroMs: number): Stretch {
  const ends = repetitions.map(({ endedAtMs }) => (endedAtMs - zeroMs) / 1000);
  return [curve.seconds[0] ?? 0, Math.max(1, curve.seconds.at(-1) ?? 0, ...ends)];
}

/** Where somebody looks, and what is drawn there. */
function useLook({ session, motion, joint, repetitions, chosen }: PastChartProps): Look {
  const zeroMs = Date.parse(motion.started_at ?? "") || (repetitions[0]?.startedAtMs ?? 0);
  const coarse = useMemo(() => curveOf(motion, joint) ?? NO_CURVE, [motion, joint]);
  const whole = useMemo(() => wholeOf(coarse, repetitions, zeroMs), [coarse, repetitions, zeroMs]);
  const [part, setPart] = useState<Stretch | null>(null); // null: all of it, however long that gets
  const stretch = part ?? whole;
  const detail = useDetail(session.id, part);
  const curve = useMemo(() => curveOf(detail, joint) ?? coarse, [detail, coarse]);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen === null) return;
    setPart(around((chosen.startedAtMs - zeroMs) / 1000, (chosen.endedAtMs - zeroMs) / 1000, whole));
    box.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const move = (next: Stretch): void => setPart(isWhole(within(next, whole), whole) ? null : within(next, whole));
  return { zeroMs, whole, stretch, curve, box, move };
}

export function PastChart(props: PastChartProps): JSX.Element {
  const { motion, joint, target, repetitions, chosen, onChoose } = props;
  const { zeroMs, whole, stretch, curve, box, move } = useLook(props);
  const [point, setPoint] = useState<readonly [seconds: number, angle: number] | null>(null);
  const scene: Scene = useMemo(
    () => ({ norm: normOf(joint), target, marks: marksOf(repetitions, zeroMs), chosen: chosen?.number ?? null }),
    [joint, target, repetitions, zeroMs, chosen],
  );
  const all = (): void => {
    onChoose(null);
    move(whole);
  };
  return (
    <div
      class="past-chart"
      ref={box}
      role="group"
      aria-label="The recording"
      tabIndex={0}
      onKeyDown={(event) => onKey(event, stretch, whole, move, all)}
    >
      <div class="past-chart__bar">
        <span class="past-chart__span">
          {sayOffset(stretch[0])} – {sayOffset(stretch[1])}
        </span>
        <output class="past-chart__point">{point === null ? "" : sayPoint(point, zeroMs)}</output>
        <ZoomButtons stretch={stretch} whole={whole} onStretch={move} onAll={all} />
      </div>
      <AngleFigure
        curve={curve}
        width={stretch}
        scene={scene}
        sayTime={sayOffset}
        words={`${nameOfMotion(joint, target)} over ${sayOffset(whole[1])}, with ${repetitions.length} repetitions, which the table below lists`}
        onStretch={(from, to) => move([from, to])}
        onPoint={(seconds, angle) => setPoint(seconds === null || angle === null ? null : [seconds, angle])}
      />
      <ChartKey scene={scene} />
      <Reading motion={motion} joint={joint} />
    </div>
  );
}

function sayPoint([seconds, angle]: readonly [seconds: number, angle: number], zeroMs: number): string {
  return `${sayDegrees(angle)} at ${sayOffset(seconds)} (${clockTime((zeroMs + seconds * 1000) * 1000)})`;
}

/** How much there is, and how one looks closer. */
function Reading({ motion, joint }: Pick<PastChartProps, "motion" | "joint">): JSX.Element {
  const found = motion.joints.find((one) => one.joint === joint);
  return (
    <p class="quiet">
      {found === undefined
        ? "The readings are kept no more; the repetitions are."
        : `${NUMBER.format(found.readings)} readings; no peak is left out.`}{" "}
      To look closer, draw over the chart
      <span class="past-chart__keys">
        {" "}
        or use <kbd>+</kbd> <kbd>−</kbd> <kbd>←</kbd> <kbd>→</kbd> <kbd>0</kbd>
      </span>
      ; choose a repetition below to see it alone.
    </p>
  );
}

function onKey(event: KeyboardEvent, stretch: Stretch, whole: Stretch, move: (stretch: Stretch) => void, all: () => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const deeds: Readonly<Record<string, () => void>> = {
    "+": () => move(zoomed(stretch, 0.5, whole)),
    "=": () => move(zoomed(stretch, 0.5, whole)),
    "-": () => move(zoomed(stretch, 2, whole)),
    ArrowLeft: () => move(panned(stretch, -0.25, whole)),
    ArrowRight: () => move(panned(stretch, 0.25, whole)),
    "0": all,
    Home: () => move(panned(stretch, -1e6, whole)),
    End: () => move(panned(stretch, 1e6, whole)),
  };
  const deed = deeds[event.key];
  if (deed === undefined) return;
  event.preventDefault();
  deed();
}

interface ZoomButtonsProps {
  readonly stretch: Stretch;
  readonly whole: Stretch;
  readonly onStretch: (stretch: Stretch) => void;
  readonly onAll: () => void;
}

function ZoomButtons({ stretch, whole, onStretch, onAll }: ZoomButtonsProps): JSX.Element {
  const entire = isWhole(stretch, whole);
  const buttons = [
    { label: "Earlier", icon: "back", to: panned(stretch, -0.5, whole), off: stretch[0] <= whole[0] },
    { label: "Later", icon: "forward", to: panned(stretch, 0.5, whole), off: stretch[1] >= whole[1] },
    { label: "Closer", icon: "plus", to: zoomed(stretch, 0.5, whole), off: false },
    { label: "Farther", icon: "minus", to: zoomed(stretch, 2, whole), off: entire },
  ] as const;
  return (
    <span class="past-chart__zoom">
      {buttons.map(({ label, icon, to, off }) => (
        <button key={label} class="icon-button" type="button" aria-label={label} title={label} disabled={off} onClick={() => onStretch(to)}>
          <Icon name={icon} />
        </button>
      ))}
      <button class="button button--small" type="button" disabled={entire} onClick={onAll}>
        Whole recording
      </button>
    </span>
  );
}
