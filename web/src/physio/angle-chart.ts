/** A chart of one joint's angle over time, with what it is to reach behind it and its repetitions on it. */

import uPlot from "uplot";
import { onTheme } from "../theme.ts";
import { readChartColours } from "./chart-colours.ts";
import type { ChartColours } from "./chart-colours.ts";
import { drawBands, drawMarks, penOf } from "./chart-marks.ts";
import type { Scene } from "./chart-marks.ts";
import { chooseByTouch } from "./chart-touch.ts";
import { heightOf, NO_CURVE } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { NO_TARGET } from "./joints.ts";
import { sayDegrees } from "./repetition.ts";

export interface ChartOptions {
  /** Of many on a wall: no axes, nothing to point at. */
  readonly compact?: boolean;
  /** What a place on the time axis is called. */
  readonly sayTime: (seconds: number) => string;
  /** A stretch was chosen with the pointer; without it none can be. */
  readonly onStretch?: (from: number, to: number) => void;
  /** The pointer is at a moment; null where it has left. */
  readonly onPoint?: (seconds: number | null, angle: number | null) => void;
}

const NOTHING: Scene = { norm: null, target: NO_TARGET, marks: [], chosen: null };
/** The height moves only when the curve leaves it, or needs this much less of it. */
const SLACK = 0.6;
/** Between two places on the time axis that have a name: never half a second. */
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200];
/** A pointer that has moved less has not chosen a stretch, CSS pixels. */
const STRETCH_PX = 6;

export class AngleChart {
  private readonly plot: uPlot;
  private readonly resizing: ResizeObserver;
  private readonly unfollowTheme: () => void;
  private colours: ChartColours = readChartColours();
  private scene: Scene = NOTHING;
  private curve: Curve = NO_CURVE;
  private width: readonly [from: number, to: number] = [0, 1];
  private height: readonly [from: number, to: number] = [0, 90];

  constructor(
    private readonly host: HTMLElement,
    private readonly options: ChartOptions,
  ) {
    this.plot = new uPlot(this.shape(), [[], []], host);
    const { onStretch } = options;
    if (onStretch !== undefined) chooseByTouch(this.plot, STRETCH_PX, onStretch);
    this.resizing = new ResizeObserver(() => this.plot.setSize(this.size()));
    this.resizing.observe(host);
    this.unfollowTheme = onTheme(() => {
      this.colours = readChartColours();
      this.plot.redraw(false, true);
    });
  }

  /** Show `curve` between the seconds of `width`. */
  show(curve: Curve, width: readonly [from: number, to: number], scene: Scene): void {
    const fresh = curve !== this.curve;
    [this.curve, this.width, this.scene] = [curve, width, scene];
    this.fit();
    this.plot.batch(() => {
      if (fresh) this.plot.setData([curve.seconds as number[], curve.angles as (number | null)[]], false);
      this.plot.setScale("x", { min: width[0], max: width[1] });
      this.plot.setScale("y", { min: this.height[0], max: this.height[1] });
    });
  }

  destroy(): void {
    this.unfollowTheme();
    this.resizing.disconnect();
    this.plot.destroy();
  }

  /** A chart whose height follows every breath cannot be read. */
  private fit(): void {
    const { target_angle, rest_angle } = this.scene.target;
    const [from, to] = heightOf(this.curve, [target_angle, rest_angle ?? (target_angle === null ? null : 0)]);
    const [now, needed] = [this.height[1] - this.height[0], to - from];
    if (from < this.height[0] || to > this.height[1] || needed < SLACK * now) this.height = [from, to];
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(80, this.host.clientWidth), height: Math.max(40, this.host.clientHeight) };
  }

  private shape(): uPlot.Options {
    const { compact = false, onStretch, onPoint } = this.options;
    return {
      ...this.size(),
      series: [{}, { stroke: () => this.colours.line, width: compact ? 1.5 : 2, points: { show: false } }],
      scales: { x: { time: false, range: () => [...this.width] }, y: { range: () => [...this.height] } },
      axes: compact ? [{ show: false }, { show: false }] : this.axes(),
      legend: { show: false },
      padding: compact ? [2, 0, 2, 0] : [10, 12, 0, 0],
      cursor: {
        show: !compact,
        y: false,
        drag: { x: onStretch !== undefined, y: false, setScale: false, dist: STRETCH_PX },
        points: { size: 8, fill: () => this.colours.line },
      },
      hooks: {
        drawClear: [(plot) => drawBands(penOf(plot, this.colours), this.scene)],
        draw: [(plot) => drawMarks(penOf(plot, this.colours), this.scene, compact)],
        setSelect: [(plot) => this.stretched(plot)],
        setCursor: [
          ({ cursor, data }) => {
            const at = cursor.idx ?? null;
            const seconds = at === null ? null : (data[0][at] ?? null);
            onPoint?.(seconds, at === null ? null : (data[1]?.[at] ?? null));
          },
        ],
      },
    };
  }

  private stretched(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < STRETCH_PX) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.options.onStretch?.(from, to);
  }

  private axes(): uPlot.Axis[] {
    const look = {
      stroke: () => this.colours.text,
      font: this.colours.font,
      grid: { stroke: () => this.colours.grid, width: 1 },
      ticks: { stroke: () => this.colours.grid, width: 1, size: 5 },
    };
    return [
      { ...look, space: 80, size: 32, incrs: STEPS_S, values: (_, splits) => splits.map((at) => this.options.sayTime(at)) },
      { ...look, space: 32, size: 48, values: (_, splits) => splits.map((angle) => sayDegrees(angle)) },
    ];
  }
}
