/** What every window over the page does: it comes up, Escape closes it, and the focus goes back to where it was. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { useEscape } from "../escape.ts";

/** For a `<dialog>` that is there as long as it is open; give it `onCancel` with `preventDefault`, Escape is heard here. */
export function useModal(dialog: { readonly current: HTMLDialogElement | null }, onClose: () => void): void {
  const newest = useRef(onClose);
  newest.current = onClose;
  useEscape(true, onClose);
  // at once: the next key may come before the browser has painted
  useLayoutEffect(() => {
    const before = document.activeElement;
    const box = dialog.current;
    if (box === null) return undefined;
    const onClosed = (): void => newest.current(); // by the browser, which a page cannot always hinder
    if (!box.open) box.showModal();
    box.addEventListener("close", onClosed);
    return () => {
      box.removeEventListener("close", onClosed);
      box.close(); // while it is open, nothing behind it takes the focus
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
}
