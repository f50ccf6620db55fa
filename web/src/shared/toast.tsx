/** Short words on what was done, with a way back where there is one. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { Observable, useObserved } from "./observable.ts";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly undo: (() => void) | null;
  /** It was not done. */
  readonly failed: boolean;
}

const shown = new Observable<readonly Toast[]>([]);
let last = 0;
const PLAIN_MS = 5_000;
const UNDO_MS = 12_000;
const AT_MOST = 3;

/** Say that something is done; with `undo`, offer to take it back. */
export function toast(text: string, undo: (() => void) | null = null): void {
  last += 1;
  shown.set([...shown.value, { id: last, text, undo, failed: false }].slice(-AT_MOST));
}

/** Say that something was not done, and why. */
export function toastFailure(text: string): void {
  last += 1;
  shown.set([...shown.value, { id: last, text, undo: null, failed: true }].slice(-AT_MOST));
}

function dismiss(id: number): void {
  shown.set(shown.value.filter((one) => one.id !== id));
}

/** Once, at the end of the page. */
export function Toasts(): JSX.Element {
  const toasts = useObserved(shown);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((one) => (
        <ToastCard key={one.id} {...one} />
      ))}
    </div>
  );
}

function ToastCard({ id, text, undo, failed }: Toast): JSX.Element {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined; // somebody reads it, or is about to press the button
    const timer = setTimeout(() => dismiss(id), undo === null ? PLAIN_MS : UNDO_MS);
    return () => clearTimeout(timer);
  }, [held]);
  return (
    <div
      class="toast"
      data-failed={failed}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <Icon name={failed ? "warning" : "check"} />
      <span>{text}</span>
      {undo !== null && (
        <button
          class="toast__undo"
          type="button"
          onClick={() => {
            dismiss(id);
            undo();
          }}
        >
          Undo
        </button>
      )}
      <button class="icon-button" type="button" aria-label="Dismiss" onClick={() => dismiss(id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
