/** A small map: a pin that can be set by a tap, and the ambulance that comes. */

import { Fleet } from "@arogya/client";
import type { Change } from "@arogya/client";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useTheme } from "../hooks.ts";
import { FleetMap } from "../map/fleet-map.ts";
import { furnish } from "../map-view.tsx";
import type { PlaceValue } from "../shared/field-values.ts";

/** A picture that changes: whoever draws it is told what has. */
export interface Picture {
  readonly fleet: Fleet;
  readonly nowUs: () => number;
  readonly onChange: (listener: (change: Change) => void) => () => void;
}

export const STILL: Picture = { fleet: new Fleet(), nowUs: () => Date.now() * 1000, onChange: () => () => undefined };

export interface PlaceMapProps {
  readonly label: string;
  readonly pin: PlaceValue | null;
  /** A tap sets the pin; without it the map is only looked at. */
  readonly onPin?: (place: PlaceValue) => void;
  readonly picture?: Picture;
}

const CLOSE_ZOOM = 16;

/** Bring the pin, and the ambulance if there is one, into view. */
function frame(map: FleetMap, pin: PlaceValue | null, fleet: Fleet): void {
  const fixes = [...fleet.fixes.values()];
  if (pin !== null && fixes.length === 0) map.panTo(pin.latitude, pin.longitude);
  else if (fixes.length > 0) map.fit(pin === null ? fixes : [...fixes, pin]);
}

export function PlaceMap({ label, pin, onPin, picture = STILL }: PlaceMapProps): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const map = useRef<FleetMap | null>(null);
  const newest = useRef({ pin, onPin });
  newest.current = { pin, onPin };
  const dragged = useRef(false);
  const theme = useTheme();
  useEffect(() => {
    if (element.current === null) return undefined;
    const { fleet } = picture;
    const set = (place: PlaceValue): boolean => {
      newest.current.onPin?.(place);
      return newest.current.onPin !== undefined;
    };
    const drawn = new FleetMap({
      element: element.current,
      serverNowUs: picture.nowUs,
      at: newest.current.pin === null ? null : { ...newest.current.pin, zoom: CLOSE_ZOOM },
      onPick: () => undefined,
      onPlace: (place) => void set(place),
      onTap: set,
      onDrag: () => {
        dragged.current = true;
      },
      onMove: () => undefined,
    });
    map.current = drawn;
    drawn.mark(newest.current.pin, []);
    drawn.follow(fleet, { whole: true, units: [], fixes: [...fleet.fixes.keys()] });
    const unfollow = picture.onChange((change) => {
      drawn.follow(fleet, change);
      if (!dragged.current) frame(drawn, newest.current.pin, fleet);
    });
    const timer = setInterval(() => drawn.tick(), 1000);
    void furnish(drawn, fleet, () => undefined).catch(() => undefined); // the page goes on without a backdrop
    return () => {
      unfollow();
      clearInterval(timer);
      drawn.destroy();
      map.current = null;
    };
  }, [picture]);
  useEffect(() => map.current?.recolour(), [theme]);
  useEffect(() => {
    const drawn = map.current;
    if (drawn === null) return;
    drawn.mark(pin, []);
    if (pin !== null && !dragged.current) frame(drawn, pin, picture.fleet);
    dragged.current = false;
  }, [pin?.latitude, pin?.longitude]);
  return <div class="place-map" ref={element} role="application" aria-label={label} />;
}
