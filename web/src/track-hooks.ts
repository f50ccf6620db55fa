/** How the details follow an ambulance's past, and how it comes onto the map. */

import type { Fix } from "@arogya/client";
import { useEffect, useMemo, useReducer, useRef } from "preact/hooks";
import type { FleetStore } from "./fleet-store.ts";
import { useConnection, useTheme } from "./hooks.ts";
import type { FleetMap } from "./map/fleet-map.ts";
import { readTrackColours } from "./map/track-colours.ts";
import { TrackLayer } from "./map/track-layer.ts";
import type { TrackPicture } from "./map/track-layer.ts";
import type { Track, TrackPoint } from "./track.ts";
import type { TrackHistory } from "./track-history.ts";
import type { Past } from "./track-past.ts";
import { rangeOf } from "./track-range.ts";
import type { Choice, Range } from "./track-range.ts";

/** Who walks through the list with the arrow keys does not read everybody's past on the way. */
const SETTLED_MS = 300;
/** A range that moves on with the clock is cut anew at this pace. */
const PACE_MS = 5_000;

export interface TrackView {
  readonly history: TrackHistory;
  readonly range: Range;
  readonly track: Track;
  /** Read what is missing now. */
  readonly retry: () => void;
  /** Read everything again: late fixes may have filled gaps. */
  readonly renew: () => void;
}

export function nowMs(store: FleetStore): number {
  return store.nowUs() / 1000;
}

function pointOf(fix: Fix): TrackPoint {
  return { tMs: fix.fixAtUs / 1000, latitude: fix.latitude, longitude: fix.longitude, speed: fix.speed };
}

/** The track of ambulance `id`, read as far as it is not known and growing live. */
export function useTrack(store: FleetStore, past: Past, id: number, choice: Choice): TrackView {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  const history = past.history(id);
  const live = useConnection(store).phase === "live";
  const want = (): void => void history.want(rangeOf(choice, nowMs(store)));

  useEffect(() => {
    past.onChange = redraw;
    return () => (past.onChange = () => undefined);
  }, [past]);
  useEffect(() => (live ? watch(store, history, id) : undefined), [store, history, live]);
  useEffect(() => {
    const timer = setTimeout(want, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      history.leave();
    };
  }, [history, choice, live]);

  const range = rangeOf(choice, nowMs(store));
  const paced = Math.floor(range.fromMs / PACE_MS);
  const track = useMemo(() => history.track(range), [history, history.version, paced, choice]);
  const renew = (): void => {
    history.forget(rangeOf(choice, nowMs(store)));
    want();
  };
  return { history, range, track, retry: want, renew };
}

/** Tell the history each fix as it comes; the returned function ends that. */
function watch(store: FleetStore, history: TrackHistory, id: number): () => void {
  const see = (): void => {
    const fix = store.live.fleet.fixes.get(id);
    if (fix !== undefined) history.see(pointOf(fix));
  };
  history.watch(nowMs(store));
  see();
  const unfollow = store.onChange((change) => {
    if (change.whole || change.fixes.includes(id)) see();
  });
  return () => {
    unfollow();
    const connected = store.live.connection.phase === "live";
    const lostMs = Date.now() - (store.live.pictureAtMs ?? Date.now());
    history.unwatch(nowMs(store) - (connected ? 0 : lostMs));
  };
}

/** Draw `picture` on the map while there is one. */
export function useTrackLayer(map: FleetMap | null, picture: TrackPicture): void {
  const layer = useRef<TrackLayer | null>(null);
  const theme = useTheme();
  useEffect(() => {
    if (map === null) return undefined;
    layer.current = new TrackLayer(readTrackColours());
    const detach = map.attach(layer.current);
    return () => {
      detach();
      layer.current = null;
    };
  }, [map]);
  useEffect(() => layer.current?.recolour(readTrackColours()), [theme]);
  const { track, colouring, highlight } = picture;
  useEffect(() => layer.current?.show(picture), [map, track, colouring, highlight]);
}
