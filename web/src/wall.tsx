/** For a screen on a wall: the fleet's counters, large, over a map that keeps everybody in view by itself. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useStanding } from "./connection-pill.tsx";
import { headline } from "./connection-words.ts";
import { useEscape } from "./escape.ts";
import type { FleetStore } from "./fleet-store.ts";
import { age, minute } from "./format.ts";
import { Icon, StatusIcon } from "./icons.tsx";
import type { FleetMap } from "./map/fleet-map.ts";
import { STATUSES } from "./status.ts";
import { countOf } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { shiftAt, useIdle, useWakeLock } from "./wall-hooks.ts";

export interface WallProps {
  readonly store: FleetStore;
  readonly tally: Tally;
  readonly map: FleetMap | null;
  readonly onLeave: () => void;
}

/** How often the map is made to show everybody again. */
const FIT_MS = 20_000;

export function Wall({ store, tally, map, onLeave }: WallProps): JSX.Element {
  const idle = useIdle(3_000);
  const bar = useRef<HTMLDivElement>(null);
  useWakeLock();
  useEscape(true, onLeave);
  const { connection, currency, nowMs, pictureAtMs } = useStanding(store);
  useEffect(() => {
    if (map === null) return undefined;
    const fit = (): void => map.camera.frame(store.live.fleet);
    map.camera.topInset = bar.current?.offsetHeight ?? 0;
    fit();
    const timer = setInterval(fit, FIT_MS);
    return () => {
      map.camera.topInset = 0;
      clearInterval(timer);
    };
  }, [map, store]);
  const [x, y] = shiftAt(nowMs);
  const downS = pictureAtMs === null ? 0 : (nowMs - pictureAtMs) / 1000;
  return (
    <section class="wall" data-idle={idle} aria-label="Counters">
      <div class="wall__bar" ref={bar} style={{ transform: `translate(${x}px, ${y}px)` }}>
        <time class="wall__clock">{minute(store.nowUs())}</time>
        {tally.alarms > 0 && <Counter name="SOS" value={tally.alarms} look="alarm" />}
        {STATUSES.filter(({ code }) => tally.statuses.has(code)).map((status) => (
          <div key={status.code} class="wall__counter">
            <b>{countOf(tally, status.code).reachable}</b>
            <span>
              <StatusIcon status={status} />
              {status.label}
            </span>
          </div>
        ))}
        {tally.stale > 0 && <Counter name="Stale" value={tally.stale} look="stale" />}
        {tally.lost + tally.none > 0 && <Counter name="No signal" value={tally.lost + tally.none} look="lost" />}
        <div class={`wall__live wall__live--${currency}`}>
          {currency === "current" ? "Live" : `${headline(connection, currency, nowMs, pictureAtMs)} · ${age(downS)} old`}
        </div>
      </div>
      <button class="button button--small wall__leave" type="button" onClick={onLeave}>
        <Icon name="close" />
        Leave the wall display
      </button>
    </section>
  );
}

function Counter({ name, value, look }: { name: string; value: number; look: string }): JSX.Element {
  return (
    <div class={`wall__counter wall__counter--${look}`}>
      <b>{value}</b>
      <span>{name}</span>
    </div>
  );
}

/** Full screen where the browser lets it, and nothing lost where it does not. */
export function useFullScreen(wall: boolean): void {
  const [entered, setEntered] = useState(false);
  useEffect(() => {
    if (wall && navigator.userActivation?.isActive) {
      setEntered(true);
      void document.documentElement.requestFullscreen?.().catch(() => undefined);
    }
    if (!wall && entered && document.fullscreenElement !== null) {
      setEntered(false);
      void document.exitFullscreen().catch(() => undefined);
    }
  }, [wall]);
}
