/** The last half minute of a joint, moving: drawn by the browser's frames and not by the page's. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { clockTime } from "../format.ts";
import { AngleChart } from "./angle-chart.ts";
import type { Scene } from "./chart-marks.ts";
import { broken, NO_CURVE } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { NO_TARGET, normOf } from "./joints.ts";
import type { LiveJoint } from "./live.ts";
import { targetOf } from "./live-words.ts";
import { marksOf } from "./repetition.ts";

/** How long back the hub tells, and how much of it is shown. */
const WINDOW_S = 30;
/** Between two drawings, ms: as often as there are points; more seldom on a wall, and for those who want no motion. */
const FRAME_MS = 33;
const WALL_FRAME_MS = 100;
const CALM_FRAME_MS = 1_000;

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");

interface Drawing {
  readonly curve: Curve;
  readonly scene: Scene;
}

const BLANK: Drawing = { curve: NO_CURVE, scene: { norm: null, target: NO_TARGET, marks: [], chosen: null } };

function drawingOf(joint: LiveJoint): Drawing {
  const scene = { norm: normOf(joint.joint), target: targetOf(joint), marks: marksOf(joint.repetitions), chosen: null };
  return { curve: broken(joint.trace.seconds, joint.trace.angles), scene };
}

export interface LiveFigureProps {
  readonly joint: LiveJoint | null;
  /** The hub's clock, ms. */
  readonly nowMs: () => number;
  readonly words: string;
  readonly compact?: boolean;
}

export function LiveFigure({ joint, nowMs, words, compact = false }: LiveFigureProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef(BLANK);
  useEffect(() => {
    drawing.current = joint === null ? BLANK : drawingOf(joint);
  }, [joint]);
  useEffect(() => {
    if (host.current === null) return undefined;
    const chart = new AngleChart(host.current, { compact, sayTime: (seconds) => clockTime(seconds * 1e6) });
    let [frame, drawn] = [0, -Infinity];
    const draw = (at: number): void => {
      frame = requestAnimationFrame(draw);
      const pause = CALM.matches ? CALM_FRAME_MS : compact ? WALL_FRAME_MS : FRAME_MS;
      if (at - drawn < pause - 4) return;
      drawn = at;
      const now = nowMs() / 1000;
      chart.show(drawing.current.curve, [now - WINDOW_S, now], drawing.current.scene);
    };
    frame = requestAnimationFrame(draw);
    return () => {
      cancelAnimationFrame(frame);
      chart.destroy();
    };
  }, [nowMs, compact]);
  return <div class="angle-figure" data-compact={compact} ref={host} role="img" aria-label={words} />;
}
