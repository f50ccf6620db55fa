/** What is to be reached; while a session goes on the sensor is told, and what comes a second later is judged by it. */

import type { JSX } from "preact";
import { Dialog } from "../shared/dialog.tsx";
import { RecordForm } from "../shared/record-form.tsx";
import { toast } from "../shared/toast.tsx";
import { normOf } from "./joints.ts";
import { sayDegrees } from "./repetition.ts";
import { changeSession } from "./session-api.ts";
import type { SessionPartProps } from "./session-facts.tsx";

const FIELDS = ["target_angle", "target_reps", "rest_angle"] as const;
const LABELS = { target_angle: "Target angle, degrees", target_reps: "Repetitions", rest_angle: "Resting angle, degrees" };

export function TargetDialog({ door, session, onClose }: SessionPartProps & { readonly onClose: () => void }): JSX.Element {
  const norm = session.joint === null ? null : normOf(session.joint);
  const usual = norm === null ? "" : ` Healthy adults usually reach ${sayDegrees(norm[0])} to ${sayDegrees(norm[1])}.`;
  const undo = async (before: Readonly<Record<string, unknown>>): Promise<void> => {
    await changeSession(session.id, before);
    toast("It is as it was.");
    door.reload();
  };
  return (
    <Dialog title="What is to be reached" size="small" onClose={onClose}>
      <RecordForm
        table="physio_sessions"
        row={session}
        etag={door.etag}
        fields={FIELDS}
        labels={LABELS}
        hints={{
          target_angle: `From the anatomical position.${usual}`,
          target_reps: "That reach the target, in this session.",
          rest_angle: "Where a repetition begins; “Calibrate rest” measures it.",
        }}
        deed={session.status === "in_progress" ? "Save and tell the sensor" : "Save"}
        onCancel={onClose}
        onSaved={(_, __, before) => {
          door.reload();
          onClose();
          toast("It counts from now on.", () => void undo(before));
        }}
      />
    </Dialog>
  );
}
