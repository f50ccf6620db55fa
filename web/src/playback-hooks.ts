/** How the page plays the past: opened and closed, run by the screen's frames, and drawn in place of the live fleet. */

import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { FleetStore } from "./fleet-store.ts";
import { readPlayback } from "./history-api.ts";
import { useConnection, useTheme } from "./hooks.ts";
import type { FleetMap } from "./map/fleet-map.ts";
import { readPalette } from "./map/palette.ts";
import { PlaybackLayer } from "./map/playback-layer.ts";
import type { PlaybackScene } from "./map/playback-layer.ts";
import { Playback } from "./playback.ts";
import { nowMs } from "./track-hooks.ts";

const FIRST_LENGTH_MIN = 60;
const REDRAW_MS = 100;
/** Where less motion is wanted, positions change in steps as far apart as this. */
const CALM_MS = 500;
/** A page that was in the background goes on where it was. */
const FRAME_MAX_MS = 250;

export interface PlaybackDoor {
  readonly playback: Playback | null;
  readonly open: () => void;
  readonly close: () => void;
}

/** The playback while one is open; `onOpen` makes room for it. */
export function usePlayback(store: FleetStore, onOpen?: () => void): PlaybackDoor {
  const [playback, setPlayback] = useState<Playback | null>(null);
  const live = useConnection(store).phase === "live";
  useEffect(() => () => playback?.stop(), [playback]);
  useEffect(() => {
    if (live && playback?.problem?.status === 0) playback.retry();
  }, [live, playback]);
  const open = (): void => {
    const opened = new Playback(
      ({ fromMs, toMs }, stepS, signal) => readPlayback(fromMs, toMs, stepS, signal),
      () => store.live.fleet.units.size,
      nowMs(store),
      FIRST_LENGTH_MIN,
    );
    opened.start();
    setPlayback(opened);
    onOpen?.();
  };
  return { playback, open, close: () => setPlayback(null) };
}

/** Draw again when the playback changes, and several times a second while its clock runs. */
export function usePlaybackState(playback: Playback): void {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    const unfollow = playback.onChange(redraw);
    const timer = setInterval(() => playback.playing && redraw(), REDRAW_MS);
    return () => {
      clearInterval(timer);
      unfollow();
    };
  }, [playback]);
}

/** Run the playback's clock with the screen's frames and show its moment on the map. */
export function usePlaybackLayer(map: FleetMap | null, playback: Playback, scene: PlaybackScene): void {
  const layer = useRef<PlaybackLayer | null>(null);
  const theme = useTheme();
  useEffect(() => {
    if (map === null) return undefined;
    const drawn = new PlaybackLayer(readPalette().marker, scene);
    layer.current = drawn;
    const bringBack = map.replaceFleet(drawn);
    const unfollow = playback.onChange(() => drawn.show(playback.atMs));
    const stop = run(playback, drawn);
    return () => {
      stop();
      unfollow();
      bringBack();
      layer.current = null;
    };
  }, [map, playback]);
  useEffect(() => layer.current?.recolour(readPalette().marker), [theme]);
  useEffect(() => layer.current?.stage(scene));
}

/** The returned function ends it. */
function run(playback: Playback, layer: PlaybackLayer): () => void {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let shownMs = -Infinity;
  let beforeMs = performance.now();
  let frame = requestAnimationFrame(function turn(thisMs) {
    playback.advance(Math.max(0, Math.min(FRAME_MAX_MS, thisMs - beforeMs)));
    beforeMs = thisMs;
    if (playback.playing && !(calm.matches && thisMs - shownMs < CALM_MS)) {
      layer.show(playback.atMs);
      shownMs = thisMs;
    }
    frame = requestAnimationFrame(turn);
  });
  layer.show(playback.atMs);
  return () => cancelAnimationFrame(frame);
}

const OWN_SPACE = "button, a, select, input, textarea, summary";
const WRITTEN_IN = "input, select, textarea";

/** `P` opens and closes the playback; the space bar plays and pauses, where it means nothing else. */
export function usePlaybackKeys({ playback, open, close }: PlaybackDoor): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const at = event.target instanceof Element ? event.target : document.body;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (at.closest("dialog") !== null) return;
      if (event.key.toLowerCase() === "p" && !at.matches(WRITTEN_IN)) (playback === null ? open : close)();
      if (event.key !== " " || playback === null || at.matches(OWN_SPACE)) return;
      event.preventDefault();
      playback.toggle();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [playback]);
}
