/** Any stage that may follow, entered as the crew told it by radio, now or at the time that they said. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { enterStage } from "./board-api.ts";
import { TextField } from "./call-fields.tsx";
import { FormWindow } from "./form-window.tsx";
import { fromLocalSeconds } from "./edits.ts";
import { MomentField } from "./moment-field.tsx";
import type { Assignment } from "./shapes.ts";
import { sayStage, stagesAfter } from "./stages.ts";

export interface StageWindowProps {
  readonly desk: BoardDesk;
  readonly assignment: Assignment;
  readonly onClose: () => void;
}

export function StageWindow({ desk, assignment, onClose }: StageWindowProps): JSX.Element {
  const { ambulance, status } = assignment;
  // a stage that was passed over may still be told, with its time
  const stages = [...stagesAfter(status), ...assignment.skipped];
  const [stage, setStage] = useState(stages[0] ?? "");
  const [at, setAt] = useState("");
  const [nobody, setNobody] = useState(false);
  const [reason, setReason] = useState("");
  const fromScene = stage === "cleared" && status === "on_scene";
  const late = assignment.skipped.includes(stage) && at === "" ? "Say when that was." : null;
  const missing = stage === "declined" && reason.trim() === "" ? "Say why the crew declined." : late;
  const submit = async (): Promise<void> => {
    const moment = fromLocalSeconds(at);
    const body = {
      stage,
      ...(moment === null ? {} : { at: moment }),
      ...(fromScene && nobody ? { no_transport: true } : {}),
      ...(stage === "declined" ? { reason } : {}),
    };
    desk.board.putAssignment(await enterStage(assignment.id, body));
    toast(`${ambulance.plate_number}: ${sayStage(stage).toLowerCase()}, by radio.`);
  };
  return (
    <FormWindow
      title={`By radio: ${ambulance.plate_number}`}
      deed="Enter"
      size="small"
      missing={missing}
      onSubmit={submit}
      onClose={onClose}
    >
      <fieldset class="stage-choice">
        <legend>The crew says</legend>
        {stages.map((one) => (
          <label key={one}>
            <input type="radio" name="stage" value={one} checked={one === stage} onChange={() => setStage(one)} />
            {sayStage(one)}
            {assignment.skipped.includes(one) && <span class="quiet">passed over</span>}
          </label>
        ))}
      </fieldset>
      {fromScene && (
        <label class="check">
          <input type="checkbox" checked={nobody} onChange={(event) => setNobody(event.currentTarget.checked)} />
          Nobody was taken along
        </label>
      )}
      {stage === "declined" && <TextField label="Why" value={reason} maxLength={500} onValue={setReason} />}
      <MomentField label="When" value={at} hint="Empty for now. Stages in between stay without a time, and are marked." onValue={setAt} />
    </FormWindow>
  );
}
