/** A button that opens a card beside it; a click elsewhere or Escape closes it. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useEscape } from "./escape.ts";

export interface PopoverProps {
  /** For ids and classes. */
  readonly name: string;
  readonly label: string;
  readonly face: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Popover({ name, label, face, children }: PopoverProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEscape(open, () => {
    setOpen(false);
    button.current?.focus();
  });
  useEffect(() => {
    if (!open) return undefined;
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("focusin", elsewhere);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("focusin", elsewhere);
    };
  }, [open]);
  return (
    <div class={`popover popover--${name}`} ref={root}>
      <button
        class="popover__button"
        type="button"
        ref={button}
        title={label}
        aria-expanded={open}
        aria-controls={`popover-${name}`}
        onClick={() => setOpen(!open)}
      >
        <span class="visually-hidden">{label}: </span>
        {face}
      </button>
      {open && (
        <div class="popover__card" id={`popover-${name}`} role="group" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}
