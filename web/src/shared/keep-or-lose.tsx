/** Asks before what was typed gets lost, whichever way somebody leaves. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { useLeaveGuard } from "./router.ts";

export interface KeepOrLose {
  /** The question, while it is asked: to be put somewhere in the page. */
  readonly question: JSX.Element | null;
  /** Do `deed`, if nothing gets lost by it or the person does not mind. */
  readonly leave: (deed: () => void) => Promise<void>;
  /** All is saved: let everybody go. */
  readonly release: () => void;
}

/** While `dirty`, links and Back ask first. */
export function useKeepOrLose(dirty: boolean): KeepOrLose {
  const [answer, setAnswer] = useState<((lose: boolean) => void) | null>(null);
  const free = useRef(false);
  const ask = (): Promise<boolean> => {
    if (!dirty || free.current) return Promise.resolve(true);
    return new Promise((resolve) => setAnswer(() => resolve));
  };
  useLeaveGuard(dirty, ask);
  const close = (lose: boolean): void => {
    if (lose) free.current = true;
    setAnswer(null);
    answer?.(lose);
  };
  const question =
    answer === null ? null : (
      <Dialog
        title="Leave without saving?"
        size="small"
        onClose={() => close(false)}
        foot={
          <>
            <button class="button" type="button" onClick={() => close(true)}>
              Leave, and lose it
            </button>
            <button class="button button--primary" type="button" onClick={() => close(false)}>
              Stay here
            </button>
          </>
        }
      >
        <p>What you typed is not saved yet.</p>
      </Dialog>
    );
  return {
    question,
    leave: async (deed) => {
      if (await ask()) deed();
    },
    release: () => {
      free.current = true;
    },
  };
}
