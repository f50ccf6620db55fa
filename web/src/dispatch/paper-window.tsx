/** A call that was served while the hub was away, entered afterwards with the times that stand on paper. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { newKey } from "../shared/http.ts";
import { ReferenceField } from "../shared/reference-field.tsx";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { enterPaperCall } from "./board-api.ts";
import { CallFields } from "./call-fields.tsx";
import { newDraft, wordsOf } from "./draft.ts";
import { FormWindow } from "./form-window.tsx";
import { fromLocalSeconds } from "./edits.ts";
import { MomentField } from "./moment-field.tsx";
import { sayStage, STAGES } from "./stages.ts";

type Texts = Readonly<Record<string, string>>;

/** The times that are filled in, as the hub takes them. */
function timesOf(texts: Texts): Readonly<Record<string, string>> {
  const filled = Object.entries(texts).map(([name, text]) => [name, fromLocalSeconds(text)] as const);
  return Object.fromEntries(filled.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}

export function PaperWindow({ desk, onClose }: { desk: BoardDesk; onClose: () => void }): JSX.Element {
  const [written, setWritten] = useState(newDraft);
  const [unit, setUnit] = useState<string | null>(null);
  const [texts, setTexts] = useState<Texts>({});
  const key = useRef(newKey());
  const times = timesOf(texts);
  const put = (name: string) => (value: string) => setTexts((before) => ({ ...before, [name]: value }));
  const missing =
    times["requested_at"] === undefined || times["offered_at"] === undefined
      ? "Write down at least when the call came and when the unit was notified."
      : unit === null
        ? "Choose the unit that went."
        : null;
  const submit = async (): Promise<void> => {
    const { requested_at, ...stages } = times;
    const { scheduled_for: _, ...words } = wordsOf(written);
    await enterPaperCall({ ...words, requested_at, ambulance_id: Number(unit), times: stages }, key.current);
    toast("The call from paper is entered.");
  };
  return (
    <FormWindow title="Call from paper" deed="Enter the call" size="large" missing={missing} onSubmit={submit} onClose={onClose}>
      <p class="quiet">It is marked as entered afterwards. Leave a time empty that is not on the paper: none is made up.</p>
      <div class="form__fields">
        <MomentField label="Call received" value={texts["requested_at"] ?? ""} onValue={put("requested_at")} />
        <ReferenceField table="ambulances" label="Unit" value={unit} onValue={setUnit} />
        {STAGES.map((stage) => (
          <MomentField
            key={stage}
            label={stage === "offered" ? "Unit notified" : sayStage(stage)}
            value={texts[`${stage}_at`] ?? ""}
            onValue={put(`${stage}_at`)}
          />
        ))}
      </div>
      <CallFields desk={desk} written={written} onChange={(change) => setWritten((one) => ({ ...one, ...change }))} inWindow />
    </FormWindow>
  );
}
