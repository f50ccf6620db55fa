/** Taking a call: who calls and their number first, then what and where; the best unit is suggested as soon as it is taken. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { useObserved } from "../shared/observable.ts";
import { explainProblem } from "../shared/problems.tsx";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { changeCall, takeCall } from "./board-api.ts";
import { CallFields } from "./call-fields.tsx";
import { showCall } from "./deeds.ts";
import { changeDraft, clearDraft, complaintOfDraft, draft, isBegun, wordsOf } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { LikelyList, useLikely } from "./likely-list.tsx";
import type { Call } from "./shapes.ts";
import { isOpen } from "./stages.ts";

interface Taking {
  readonly busy: boolean;
  readonly problem: string | null;
  readonly onTake: () => Promise<void>;
  readonly onJoin: (call: Call) => Promise<void>;
}

function useTaking(desk: BoardDesk, written: Draft): Taking {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const attempted = async (deed: () => Promise<string>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const id = await deed();
      clearDraft();
      showCall(desk, id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(explainProblem(error));
    }
    setBusy(false);
  };
  return {
    busy,
    problem,
    onTake: async () => {
      const missing = complaintOfDraft(written);
      if (missing !== null) return setProblem(missing);
      if (busy) return;
      await attempted(async () => {
        const known = new Set(desk.board.calls.keys());
        const { id } = await takeCall(wordsOf(written), written.key);
        toast(known.has(id) ? "The same caller has an open call: it was joined." : "The call is taken.");
        return id;
      });
    },
    onJoin: (call) => attempted(() => join(call, written)),
  };
}

/** What the open call does not know yet comes from this caller. */
async function join(call: Call, written: Draft): Promise<string> {
  if (!isOpen(call)) return call.id;
  const heard = [written.caller, written.callback, written.complaint].map((text) => text.trim()).filter((text) => text !== "");
  const note = `Called again: ${heard.join(", ")}`;
  if (heard.length > 0) await changeCall(call.id, { notes: call.notes === null ? note : `${call.notes}\n${note}` });
  toast("Joined: no second call was made.");
  return call.id;
}

export function TakePanel({ desk }: { desk: BoardDesk }): JSX.Element {
  const written = useObserved(draft);
  const { busy, problem, onTake, onJoin } = useTaking(desk, written);
  const likely = useLikely(written);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector("input")?.focus();
    return () => desk.onPicking(null);
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    void onTake();
  };
  return (
    <section class="board-panel" aria-label="Take a call">
      <header class="board-panel__head">
        <Icon name="phone" />
        <h2>Take a call</h2>
        <button class="icon-button" type="button" aria-label="Close the form; what is written stays" onClick={() => desk.onPanel(null)}>
          <Icon name="close" />
        </button>
      </header>
      <form
        id="take-call"
        class="board-panel__body form take"
        ref={form}
        onSubmit={submit}
        onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit(event)}
      >
        <CallFields desk={desk} written={written} onChange={changeDraft} />
      </form>
      <LikelyList found={likely} onJoin={(call) => void onJoin(call)} />
      <footer class="board-panel__foot">
        {problem !== null && (
          <p class="note note--error" role="alert">
            <Icon name="warning" />
            {problem}
          </p>
        )}
        {isBegun(written) && (
          <button
            class="button button--small"
            type="button"
            onClick={() => {
              const before = written;
              clearDraft();
              toast("Thrown away.", () => draft.set(before));
            }}
          >
            Throw away
          </button>
        )}
        <button class="button button--primary" type="submit" form="take-call" disabled={busy}>
          {busy ? "Taking…" : "Take the call"} <kbd aria-hidden="true">Ctrl Enter</kbd>
        </button>
      </footer>
    </section>
  );
}
