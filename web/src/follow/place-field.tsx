/** Where help is needed: where this phone is, a place by its name, or a tap on the map. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { accuracy } from "../format.ts";
import { Icon } from "../icons.tsx";
import type { PlaceValue } from "../shared/field-values.ts";
import { useSettled } from "../shared/list-state.ts";
import { findPlaces } from "./calls-api.ts";
import type { FoundPlace } from "./calls-api.ts";
import { PlaceMap } from "./place-map.tsx";

export interface PlaceFieldProps {
  readonly place: PlaceValue | null;
  readonly onPlace: (place: PlaceValue) => void;
  /** Ask the phone at once where it is, if it may be asked without a question. */
  readonly own: boolean;
}

const SETTLED_MS = 250;
const PATIENT: PositionOptions = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 };
const NOT_ALLOWED = "This page may not know where you are. Search for the place, or tap on the map.";
const NOT_FOUND = "The phone does not know where it is. Search for the place, or tap on the map.";

function useOwnPlace(onPlace: (place: PlaceValue) => void): { ask: () => void; words: string } {
  const [words, setWords] = useState("");
  const ask = (): void => {
    if (!("geolocation" in navigator)) return setWords(NOT_FOUND);
    setWords("Looking where you are…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setWords(`Found, ${accuracy(coords.accuracy)}. Tap on the map if it is not right.`);
        onPlace({ latitude: coords.latitude, longitude: coords.longitude });
      },
      (error) => setWords(error.code === error.PERMISSION_DENIED ? NOT_ALLOWED : NOT_FOUND),
      PATIENT,
    );
  };
  return { ask, words };
}

export function PlaceField({ place, onPlace, own }: PlaceFieldProps): JSX.Element {
  const { ask, words } = useOwnPlace(onPlace);
  useEffect(() => {
    if (!own || place !== null) return;
    navigator.permissions?.query({ name: "geolocation" }).then(
      ({ state }) => state === "granted" && ask(),
      () => undefined,
    );
  }, []);
  return (
    <div class="place-field">
      <button class="button" type="button" onClick={ask}>
        <Icon name="target" />
        Use the place where I am
      </button>
      {words !== "" && <p role="status">{words}</p>}
      <PlaceSearch around={place} onPlace={onPlace} />
      <PlaceMap label="Map: tap where the ambulance should come" pin={place} onPin={onPlace} />
    </div>
  );
}

function PlaceSearch({ around, onPlace }: { around: PlaceValue | null; onPlace: (place: PlaceValue) => void }): JSX.Element {
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly FoundPlace[] | null>(null);
  const settled = useSettled(text.trim(), SETTLED_MS);
  useEffect(() => {
    setFound(null);
    if (settled.length < 2) return undefined;
    const controller = new AbortController();
    findPlaces(settled, around, controller.signal).then(setFound, (error: unknown) => {
      if (controller.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      setFound([]);
    });
    return () => controller.abort();
  }, [settled]);
  return (
    <div class="place-search">
      <label class="field">
        <span>Or search for a street, a place or a landmark</span>
        <input type="search" value={text} autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {found !== null && found.length === 0 && <p>Nothing is called so. Tap on the map instead.</p>}
      {found !== null && found.length > 0 && (
        <ul>
          {found.map((one) => (
            <li key={`${one.name} ${one.latitude} ${one.longitude}`}>
              <button
                class="button"
                type="button"
                onClick={() => {
                  onPlace({ latitude: one.latitude, longitude: one.longitude });
                  setText("");
                }}
              >
                <Icon name="pin" />
                <span class="two-lines">
                  {one.name}
                  {one.address !== null && <small>{one.address}</small>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
