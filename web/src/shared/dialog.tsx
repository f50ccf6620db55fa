/** A window over the page: it keeps the focus, Escape closes it, and the focus goes back to where it was. */

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { useModal } from "./modal.ts";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** The buttons at its foot. */
  readonly foot?: ComponentChildren;
  readonly size?: "small" | "medium" | "large";
  /** Something is under way, or must not get lost by a click beside the window. */
  readonly busy?: boolean;
}

const FIRST = "[autofocus], input:not([type=hidden]), select, textarea";

export function Dialog({ title, onClose, children, foot, size = "medium", busy = false }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const close = (): void => {
    if (!busy) onClose();
  };
  useModal(dialog, close);
  useLayoutEffect(() => {
    const box = dialog.current;
    (box?.querySelector<HTMLElement>(`.dialog__body :is(${FIRST})`) ?? box?.querySelector("h2"))?.focus();
  }, []);
  return (
    <dialog
      class={`sheet dialog dialog--${size}`}
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => event.preventDefault()}
      onPointerDown={(event) => event.target === dialog.current && close()}
    >
      <div class="dialog__frame">
        <header class="sheet__head">
          <h2 id={id} tabIndex={-1}>
            {title}
          </h2>
          <button class="icon-button" type="button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div class="dialog__body">{children}</div>
        {foot !== undefined && <footer class="dialog__foot">{foot}</footer>}
      </div>
    </dialog>
  );
}
