/** What the colours of a chart mean; only those that are on it. */

import type { JSX } from "preact";
import type { Scene } from "./chart-marks.ts";
import { sayDegrees } from "./repetition.ts";

export function ChartKey({ scene }: { scene: Scene }): JSX.Element {
  const { norm, target } = scene;
  return (
    <ul class="chart-key" aria-label="What the colours mean">
      {target.target_angle !== null && (
        <li>
          <i class="chart-key__target" />
          Target {sayDegrees(target.target_angle)}: from 5° before it on
        </li>
      )}
      {norm !== null && (
        <li title="Of healthy adults (AAOS, AMA): a help to compare, not a limit">
          <i class="chart-key__norm" />
          Usual range {sayDegrees(norm[0])} to {sayDegrees(norm[1])}
        </li>
      )}
      <li>
        <i class="chart-key__valid" />
        Target reached
      </li>
      <li>
        <i class="chart-key__partial" />
        Partial
      </li>
    </ul>
  );
}
