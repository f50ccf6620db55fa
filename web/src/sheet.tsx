/** On a phone the list is a sheet over the map: a strip, half of the screen, or nearly all of it. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export type SheetState = "peek" | "half" | "full";

/** As in layout.css: the part of the window that the sheet covers. */
export const SHEET_PART: Readonly<Record<SheetState, number>> = { peek: 0.16, half: 0.48, full: 0.86 };

const STATES: readonly SheetState[] = ["peek", "half", "full"];
const NARROW = "(max-width: 760px)";
/** A movement shorter than this is a tap. */
const TAP_PX = 8;

export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const query = window.matchMedia(NARROW);
    const listener = (): void => setNarrow(query.matches);
    query.addEventListener("change", listener);
    return () => query.removeEventListener("change", listener);
  }, []);
  return narrow;
}

function beside(state: SheetState, steps: number): SheetState {
  const at = Math.max(0, Math.min(STATES.length - 1, STATES.indexOf(state) + steps));
  return STATES[at] ?? state;
}

export interface SheetHandleProps {
  readonly state: SheetState;
  readonly onState: (state: SheetState) => void;
}

export function SheetHandle({ state, onState }: SheetHandleProps): JSX.Element {
  const startY = useRef(0);
  /** The pointer has moved the sheet, and the click that ends a drag must not move it again. */
  const dragged = useRef(false);
  const onPointerUp = (event: PointerEvent): void => {
    const moved = event.clientY - startY.current;
    dragged.current = Math.abs(moved) >= TAP_PX;
    if (dragged.current) onState(beside(state, moved < 0 ? 1 : -1));
  };
  const onClick = (): void => {
    if (!dragged.current) onState(state === "full" ? "peek" : beside(state, 1));
    dragged.current = false;
  };
  return (
    <button
      class="sheet-handle"
      type="button"
      aria-label={state === "full" ? "Make the list small" : "Make the list larger"}
      onPointerDown={(event) => {
        startY.current = event.clientY;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerUp={onPointerUp}
      onClick={onClick}
    >
      <span aria-hidden="true" />
    </button>
  );
}
