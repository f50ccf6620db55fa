/** What one shift tells the next: the notes of the last days, and a new one. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { newKey } from "../shared/http.ts";
import { explainProblem } from "../shared/problems.tsx";
import { toast } from "../shared/toast.tsx";
import { sayMoment } from "../shared/words.ts";
import type { BoardDesk } from "./board-desk.ts";
import { readHandovers, writeHandover } from "./board-api.ts";
import { TextField } from "./call-fields.tsx";
import { FormWindow } from "./form-window.tsx";
import { nameOfCall, placeOfCall } from "./picture.ts";
import type { HandoverNote } from "./shapes.ts";
import { isOpen, sayStage } from "./stages.ts";
import { sayTravel } from "./timers.ts";

const LENGTH_MAX = 4_000;

/** What stands on the board, as lines to begin with. */
function summaryOf(desk: BoardDesk): string {
  const open = desk.order.filter(({ call }) => isOpen(call));
  const calls = open.map(({ call, lead, wait }) => {
    const unit = lead === null ? "no unit" : lead.ambulance.plate_number;
    return `- P${call.priority} ${nameOfCall(call)}, ${placeOfCall(call)}: ${sayStage(call.status).toLowerCase()}, ${unit}, ${sayTravel(Math.max(0, wait.waitedS))}`;
  });
  const off = desk.units.filter(({ status }) => status.code === "out_of_service").map(({ unit }) => `- ${unit.plateNumber}`);
  return [
    `Open calls: ${open.length}`,
    ...calls,
    ...(off.length === 0 ? [] : ["Out of service:", ...off]),
  ].join("\n");
}

export function HandoverWindow({ desk, onClose }: { desk: BoardDesk; onClose: () => void }): JSX.Element {
  const [notes, setNotes] = useState<readonly HandoverNote[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [text, setText] = useState("");
  const key = useRef(newKey());
  useEffect(() => {
    const controller = new AbortController();
    readHandovers(controller.signal).then(
      ({ items }) => setNotes(items),
      (error: unknown) => {
        if (controller.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(explainProblem(error));
      },
    );
    return () => controller.abort();
  }, []);
  const submit = async (): Promise<void> => {
    await writeHandover(text.trim(), key.current);
    toast("The next shift finds your note here.");
  };
  return (
    <FormWindow
      title="Handover"
      deed="Leave the note"
      size="large"
      missing={text.trim() === "" ? "Write what the next shift has to know." : null}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label="What the next shift has to know" value={text} lines={6} maxLength={LENGTH_MAX} onValue={setText} />
      <button class="button button--small handover__fill" type="button" onClick={() => setText([text, summaryOf(desk)].filter(Boolean).join("\n"))}>
        Add what stands on the board
      </button>
      <h3>Notes before</h3>
      {problem !== null && <p class="note note--error">{problem}</p>}
      {notes === null && problem === null && <p class="quiet">Reading…</p>}
      {notes?.length === 0 && <p class="quiet">None yet.</p>}
      <ul class="handover">
        {notes?.map((note) => (
          <li key={note.id}>
            <small>
              {note.written_by.name}, {sayMoment(note.written_at)}
            </small>
            <p class="as-written">{note.note}</p>
          </li>
        ))}
      </ul>
    </FormWindow>
  );
}
