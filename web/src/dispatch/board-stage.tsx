/** The map with the units and the calls on it. */

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ConnectionBanner } from "../connection-pill.tsx";
import { useTheme } from "../hooks.ts";
import { MapView } from "../map-view.tsx";
import { readPalette } from "../map/palette.ts";
import type { Place } from "../order.ts";
import { useObserved } from "../shared/observable.ts";
import type { BoardDesk } from "./board-desk.ts";
import { CallsLayer } from "./calls-layer.ts";
import type { CallPin } from "./calls-layer.ts";
import { showAll, showCall, showUnit } from "./deeds.ts";
import { changeDraft, draft } from "./draft.ts";
import type { CallView } from "./picture.ts";
import { isOpen, isTaken } from "./stages.ts";

function pinOf({ call, live, lead }: CallView, desk: BoardDesk): CallPin | null {
  if (!isOpen(call) || call.pickup_location === null) return null;
  const units = live.flatMap(({ ambulance }) => {
    const fix = desk.store.live.fleet.fixes.get(ambulance.id);
    return fix === undefined ? [] : [{ latitude: fix.latitude, longitude: fix.longitude }];
  });
  const waits = lead === null || !isTaken(lead);
  return { id: call.id, place: call.pickup_location, priority: call.priority, waits, units, destination: call.destination_location };
}

/** The layer of the calls, drawn anew with the board. */
function useCallsLayer(desk: BoardDesk): CallsLayer {
  const { map, panel, view } = desk;
  const layer = useMemo(() => new CallsLayer(readPalette().marker), []);
  const theme = useTheme();
  const written = useObserved(draft);
  useEffect(() => map?.attach(layer), [map]);
  useEffect(() => layer.recolour(readPalette().marker), [theme]);
  const pins = desk.order.flatMap((one) => pinOf(one, desk) ?? []);
  const taking = panel?.kind === "take" ? written.place : null;
  const picture = JSON.stringify([pins, view?.call.id, taking]);
  useEffect(() => layer.show(pins, view?.call.id ?? null, taking), [picture, layer]);
  return layer;
}

/** Somebody points at a place: where the call is that is being taken, where the chosen one really is, or a new one. */
function pointAt(desk: BoardDesk, place: Place): void {
  const { picking, view } = desk;
  if (picking !== null) return picking(place);
  if (view !== null && isOpen(view.call)) return desk.onWindow({ kind: "edit", view, place });
  changeDraft({ place });
  desk.onPanel({ kind: "take" });
}

export function BoardStage({ desk }: { desk: BoardDesk }): JSX.Element {
  const { store, panel, picking } = desk;
  const layer = useCallsLayer(desk);
  const onTap = (place: Place): boolean => {
    if (picking !== null) {
      picking(place);
      return true;
    }
    const call = layer.hitAt(place);
    if (call !== null) showCall(desk, call);
    return call !== null;
  };
  return (
    <main class="stage board-stage">
      <MapView
        store={store}
        shown={null}
        selected={panel?.kind === "unit" ? panel.id : (desk.view?.lead?.ambulance.id ?? null)}
        following={false}
        bottomInset={0}
        at={null}
        onPick={(id) => id !== null && showUnit(desk, id)}
        onPlace={(place) => pointAt(desk, place)}
        onTap={onTap}
        onDrag={() => undefined}
        onMove={() => undefined}
        onFit={() => showAll(desk)}
        onMap={desk.onMap}
      />
      <div class="stage__head">
        <ConnectionBanner store={store} />
        {picking !== null && (
          <div class="board-picking" role="status">
            <span>
              <strong>Where is it?</strong> Click on the map, or press Esc.
            </span>
            <button class="button button--small" type="button" onClick={() => desk.onPicking(null)}>
              Leave it
            </button>
          </div>
        )}
      </div>
    </main>
  );
}
