/** The slider of a playback: which moment is shown, what has been loaded, and the way to any other moment. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Playback } from "./playback.ts";
import { day, minute, second, ticks } from "./track-time.ts";
import type { Span } from "./track-spans.ts";

/** Somebody who moves on within this time wants nothing read for where they are. */
const SETTLED_MS = 200;
const MINUTE_MS = 60_000;
/** Minutes between labels, by the longest range they are for. */
const LABELS: readonly (readonly [lengthMin: number, stepMin: number])[] = [
  [15, 5],
  [30, 5],
  [60, 10],
  [120, 30],
  [240, 60],
  [360, 60],
];

/** Half of a label's width, as a part of the narrowest slider's. */
const LABEL_PART = 0.06;

/** How far a key moves the moment (ms), or where it leads; null when it means nothing here. */
export function moveOf(key: string, fast: boolean, atMs: number, range: Span): number | null {
  const step = fast ? MINUTE_MS : 10_000;
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: atMs - step,
    ArrowDown: atMs - step,
    ArrowRight: atMs + step,
    ArrowUp: atMs + step,
    PageDown: atMs - 5 * MINUTE_MS,
    PageUp: atMs + 5 * MINUTE_MS,
    Home: range.fromMs,
    End: range.toMs,
  };
  const target = moves[key];
  return target === undefined ? null : Math.max(range.fromMs, Math.min(range.toMs, target));
}

export function PlaybackSlider({ playback }: { playback: Playback }): JSX.Element {
  const { range, atMs } = playback;
  const [hoverMs, setHoverMs] = useState<number | null>(null);
  const { scrub, settle } = useScrubbing(playback);
  const momentAt = (event: PointerEvent & { currentTarget: HTMLElement }): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = Math.max(0, Math.min(1, (event.clientX - box.left) / Math.max(1, box.width)));
    return range.fromMs + part * (range.toMs - range.fromMs);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = moveOf(event.key, event.shiftKey, playback.atMs, range);
    if (target === null) return;
    event.preventDefault();
    scrub(target);
  };
  const lengthS = Math.round((range.toMs - range.fromMs) / 1000);
  return (
    <div
      class="scrubber"
      role="slider"
      tabIndex={0}
      aria-label="Moment of the playback"
      aria-valuemin={0}
      aria-valuemax={lengthS}
      aria-valuenow={Math.round((atMs - range.fromMs) / 1000)}
      aria-valuetext={`${second(atMs)}, ${day(atMs)}${playback.waiting ? ", loading" : ""}`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        playback.held = true;
        scrub(momentAt(event));
      }}
      onPointerMove={(event) => {
        setHoverMs(event.pointerType === "mouse" || playback.held ? momentAt(event) : null);
        if (playback.held) scrub(momentAt(event));
      }}
      onLostPointerCapture={() => settle()}
      onPointerLeave={() => setHoverMs(null)}
    >
      <Rail playback={playback} />
      {hoverMs !== null && (
        <span class="scrubber__hover" style={{ left: percent(hoverMs, range) }} aria-hidden="true">
          {second(hoverMs)}
        </span>
      )}
    </div>
  );
}

/** Moving shows a moment at once; what it needs is read when the movement rests. */
function useScrubbing(playback: Playback): { scrub: (atMs: number) => void; settle: () => void } {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const settle = (): void => {
    clearTimeout(timer.current);
    playback.held = false;
    playback.seek(playback.atMs);
  };
  const scrub = (atMs: number): void => {
    playback.scrub(atMs);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => playback.seek(playback.atMs), SETTLED_MS);
  };
  return { scrub, settle };
}

function percent(atMs: number, { fromMs, toMs }: Span): string {
  return `${(((atMs - fromMs) / (toMs - fromMs)) * 100).toFixed(3)}%`;
}

function Rail({ playback }: { playback: Playback }): JSX.Element {
  const { range, atMs, loaded } = playback;
  const lengthMin = (range.toMs - range.fromMs) / MINUTE_MS;
  const stepMin = LABELS.find(([longest]) => lengthMin <= longest)?.[1] ?? 60;
  // a label at the very end would not be whole
  const margin = (range.toMs - range.fromMs) * LABEL_PART;
  const at = percent(atMs, range);
  return (
    <>
      <span class="scrubber__rail" aria-hidden="true">
        {loaded.map((span) => {
          const fromMs = Math.max(span.fromMs, range.fromMs);
          const width = percent(range.fromMs + span.toMs - fromMs, range);
          return <span key={span.fromMs} class="scrubber__loaded" style={{ left: percent(fromMs, range), width }} />;
        })}
        <span class="scrubber__played" style={{ width: at }} />
      </span>
      <span class="scrubber__ticks" aria-hidden="true">
        {ticks(range.fromMs + margin, range.toMs - margin, stepMin).map((tick) => (
          <span key={tick} class="scrubber__tick" style={{ left: percent(tick, range) }}>
            {minute(tick)}
          </span>
        ))}
      </span>
      <span class="scrubber__thumb" style={{ left: at }} aria-hidden="true" />
    </>
  );
}
