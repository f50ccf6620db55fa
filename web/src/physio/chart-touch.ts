/** A finger chooses a stretch as the mouse does, which is all that uPlot listens to; up and down it still scrolls the page. */

import type uPlot from "uplot";

const NOTHING = { left: 0, top: 0, width: 0, height: 0 };

/** Call `onStretch` with the two ends, seconds, of what was drawn over the chart: `distPx` wide at least. */
export function chooseByTouch(plot: uPlot, distPx: number, onStretch: (from: number, to: number) => void): void {
  const { over } = plot;
  let start: number | null = null;
  const spanTo = (x: number): readonly [left: number, right: number] => {
    const end = Math.min(Math.max(x, 0), over.clientWidth);
    return [Math.min(start ?? end, end), Math.max(start ?? end, end)];
  };
  over.style.touchAction = "pan-y";
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    start = event.offsetX;
    over.setPointerCapture(event.pointerId);
  });
  over.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const [left, right] = spanTo(event.offsetX);
    plot.setSelect({ left, top: 0, width: right - left, height: over.clientHeight }, false);
  });
  over.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [left, right] = spanTo(event.offsetX);
    start = null;
    plot.setSelect(NOTHING, false);
    if (right - left >= distPx) onStretch(plot.posToVal(left, "x"), plot.posToVal(right, "x"));
  });
  over.addEventListener("pointercancel", () => {
    start = null; // the page scrolls
    plot.setSelect(NOTHING, false);
  });
}
