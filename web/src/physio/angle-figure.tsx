/** The chart in a page: its curve for those who see it, and its words for those who do not. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { AngleChart } from "./angle-chart.ts";
import type { ChartOptions } from "./angle-chart.ts";
import type { Scene } from "./chart-marks.ts";
import type { Curve } from "./curve.ts";

export interface AngleFigureProps extends ChartOptions {
  readonly curve: Curve;
  /** Seconds. */
  readonly width: readonly [from: number, to: number];
  readonly scene: Scene;
  /** What it shows, in a sentence. */
  readonly words: string;
}

export function AngleFigure({ curve, width, scene, words, ...options }: AngleFigureProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<AngleChart | null>(null);
  const newest = useRef(options);
  newest.current = options;
  useEffect(() => {
    if (host.current === null) return undefined;
    const { compact, sayTime, onStretch } = options;
    const made = new AngleChart(host.current, {
      ...(compact === undefined ? {} : { compact }),
      sayTime,
      ...(onStretch === undefined ? {} : { onStretch: (from, to) => newest.current.onStretch?.(from, to) }),
      onPoint: (seconds, angle) => newest.current.onPoint?.(seconds, angle),
    });
    chart.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => chart.current?.show(curve, width, scene), [curve, width[0], width[1], scene]);
  return <div class="angle-figure" data-compact={options.compact === true} ref={host} role="img" aria-label={words} />;
}
