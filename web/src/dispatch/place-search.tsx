/** Finds a place by an address or a landmark while it is typed; arrows and Enter choose. */

import type { JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { coordinates } from "../format.ts";
import { Icon } from "../icons.tsx";
import { readPlace } from "../shared/field-values.ts";
import type { PlaceValue } from "../shared/field-values.ts";
import { useSettled } from "../shared/list-state.ts";
import { sayValue } from "../shared/words.ts";
import { findPlaces } from "./board-api.ts";
import type { FoundPlaces } from "./board-api.ts";
import type { FoundPlace } from "./shapes.ts";

const SETTLED_MS = 200;
const LETTERS_MIN = 2;

export interface PlaceSearchProps {
  readonly label: string;
  /** Where it is, once that is known. */
  readonly place: PlaceValue | null;
  /** Places near this come first. */
  readonly around: PlaceValue | null;
  /** `words` is how people would find it; null where it came from the map or as numbers. */
  readonly onPlace: (place: PlaceValue | null, words: string | null) => void;
  /** Somebody wants to point at it on the map; null where the map cannot be seen. */
  readonly onPick: (() => void) | null;
  readonly picking: boolean;
}

/** What is found for `text`; coordinates are a place by themselves. */
function useFoundPlaces(text: string, around: PlaceValue | null): FoundPlaces | null {
  const settled = useSettled(text.trim(), SETTLED_MS);
  const [found, setFound] = useState<FoundPlaces | null>(null);
  useEffect(() => {
    setFound(null);
    if (settled.length < LETTERS_MIN) return undefined;
    const typed = readPlace(settled);
    if (typed !== null) {
      setFound({ items: [{ name: "These coordinates", kind: "place", address: settled, source: "typed", ...typed }], partial: false });
      return undefined;
    }
    const controller = new AbortController();
    const { signal } = controller;
    findPlaces(settled, around, signal).then(
      (places) => !signal.aborted && setFound(places),
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setFound({ items: [], partial: true });
      },
    );
    return () => controller.abort();
  }, [settled]);
  return found;
}

export function PlaceSearch(props: PlaceSearchProps): JSX.Element {
  const { label, place, around, onPlace, onPick, picking } = props;
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const found = useFoundPlaces(open ? text : "", around);
  const items = found?.items ?? [];
  const choose = ({ name, address, source, latitude, longitude }: FoundPlace): void => {
    setText(source === "typed" ? "" : name);
    setOpen(false);
    onPlace({ latitude, longitude }, source === "typed" ? null : [name, address].filter(Boolean).join(", "));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0 && items.length > 0) {
      event.preventDefault();
      setAt((at + by + items.length) % items.length);
    } else if (event.key === "Enter" && open && text.trim() !== "" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // chooses, and does not send the form
      if (items[at] !== undefined) choose(items[at]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div class="field place-search">
      <label for={id}>{label}</label>
      <div class="reference__box">
        <input
          id={id}
          role="combobox"
          type="text"
          autocomplete="off"
          placeholder="Street, landmark, or 18.52, 73.85"
          aria-expanded={open && text.trim().length >= LETTERS_MIN}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && items[at] !== undefined ? `${id}-${at}` : undefined}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        {open && text.trim().length >= LETTERS_MIN && <Found id={id} found={found} at={at} onChoose={choose} />}
      </div>
      <p class="place-search__at">
        {onPick !== null && (
          <button class="button button--small" type="button" aria-pressed={picking} onClick={onPick}>
            <Icon name="pin" />
            {picking ? "Click on the map…" : "Pick on the map"}
          </button>
        )}
        {place === null ? <span class="quiet">no place yet</span> : <span>{coordinates(place.latitude, place.longitude)}</span>}
        {place !== null && (
          <button class="icon-button" type="button" aria-label="Forget the place" onClick={() => onPlace(null, null)}>
            <Icon name="close" />
          </button>
        )}
      </p>
    </div>
  );
}

interface FoundProps {
  readonly id: string;
  readonly found: FoundPlaces | null;
  readonly at: number;
  readonly onChoose: (place: FoundPlace) => void;
}

function Found({ id, found, at, onChoose }: FoundProps): JSX.Element {
  const items = found?.items ?? [];
  return (
    <ul class="reference__list" id={`${id}-list`} role="listbox" aria-label="Places">
      {items.map((item, place) => (
        <li
          key={place}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === at}
          // before the input loses the focus, and with it the list
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(item);
          }}
        >
          <span>{item.name}</span>
          <small>{[sayValue(item.kind), item.address].filter(Boolean).join(" · ")}</small>
        </li>
      ))}
      {items.length === 0 && <li class="reference__none">{found === null ? "Looking…" : "Nothing found: pick it on the map."}</li>}
      {found?.partial === true && <li class="reference__none">The address server did not answer: these are the hub's own places.</li>}
    </ul>
  );
}
