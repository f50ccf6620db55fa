/** A supervisor puts the times of an assignment right: audited, with what stood there before. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { correctTimes } from "./board-api.ts";
import { TextField } from "./call-fields.tsx";
import { FormWindow } from "./form-window.tsx";
import { fromLocalSeconds, toLocalSeconds } from "./edits.ts";
import { MomentField } from "./moment-field.tsx";
import { nameOfCall } from "./picture.ts";
import type { CallView } from "./picture.ts";
import type { Assignment } from "./shapes.ts";
import { sayStage, STAGES, timeOf } from "./stages.ts";

export interface TimesWindowProps {
  readonly desk: BoardDesk;
  readonly view: CallView;
  readonly assignment: Assignment;
  readonly onClose: () => void;
}

type Texts = Readonly<Record<string, string>>;

function textsOf(assignment: Assignment): Texts {
  return Object.fromEntries(STAGES.map((stage) => [stage, toLocalSeconds(timeOf(assignment, stage))]));
}

export function TimesWindow({ desk, view, assignment, onClose }: TimesWindowProps): JSX.Element {
  const [before] = useState(() => textsOf(assignment));
  const [texts, setTexts] = useState<Texts>(before);
  const [reason, setReason] = useState("");
  const changed = STAGES.filter((stage) => texts[stage] !== before[stage]);
  const missing = changed.length === 0 ? "Nothing is changed yet." : reason.trim() === "" ? "Say why." : null;
  const submit = async (): Promise<void> => {
    const times = Object.fromEntries(changed.map((stage) => [`${stage}_at`, fromLocalSeconds(texts[stage] ?? "")]));
    desk.board.putAssignment(await correctTimes(assignment.id, { reason: reason.trim(), ...times }));
    toast("The times are corrected.");
  };
  return (
    <FormWindow
      title={`Times of ${assignment.ambulance.plate_number}`}
      deed="Correct"
      missing={missing}
      onSubmit={submit}
      onClose={onClose}
    >
      <p class="quiet">“{nameOfCall(view.call)}”. What stood there before stays in the timeline.</p>
      <div class="form__fields">
        {STAGES.map((stage) => (
          <MomentField
            key={stage}
            label={sayStage(stage)}
            value={texts[stage] ?? ""}
            onValue={(value) => setTexts({ ...texts, [stage]: value })}
          />
        ))}
      </div>
      <TextField label="Why" value={reason} maxLength={500} onValue={setReason} />
    </FormWindow>
  );
}
