/** What may be done with a session now: begin and end it, calibrate the resting pose, ask for something else. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { attempt } from "../shared/attempt.ts";
import { DeedButton } from "../shared/deed-button.tsx";
import { useMay } from "../shared/rights.ts";
import type { May } from "../shared/rights.ts";
import { toast } from "../shared/toast.tsx";
import type { SessionPartProps } from "./session-facts.tsx";
import { calibrate, changeSession } from "./session-api.ts";
import type { PhysioSession } from "./session-api.ts";
import { TargetDialog } from "./target-dialog.tsx";

/** Therapists treat in their own sessions only; others in care of the patient look on. */
export function runs(may: May, session: PhysioSession): boolean {
  return session.therapist_id === may.user.id || session.patient_id === may.user.id;
}

export function SessionActions({ door, session }: SessionPartProps): JSX.Element | null {
  const may = useMay();
  const [busy, setBusy] = useState(false);
  const [targets, setTargets] = useState(false);
  if (!runs(may, session)) return null;
  const { status } = session;
  const doctor = may.has("DR");
  const deed = async (what: () => Promise<unknown>, words: string): Promise<void> => {
    setBusy(true);
    if (await attempt(what)) toast(words);
    setBusy(false);
    door.reload();
  };
  return (
    <>
      {status === "in_progress" && (
        <button class="button" type="button" disabled={busy} onClick={() => void deed(() => calibrate(session.id), "The resting pose is set.")}>
          <Icon name="target" />
          Calibrate rest
        </button>
      )}
      {doctor && (status === "in_progress" || status === "scheduled") && (
        <button class="button" type="button" onClick={() => setTargets(true)}>
          <Icon name="sliders" />
          Target
        </button>
      )}
      {status === "scheduled" && <CancelButton door={door} session={session} />}
      {status === "scheduled" && (
        <button
          class="button button--primary"
          type="button"
          disabled={busy}
          onClick={() => void deed(() => changeSession(session.id, { status: "in_progress" }, door.etag), "The session has begun.")}
        >
          <Icon name="play" />
          Start
        </button>
      )}
      {status === "in_progress" && <StopButton door={door} session={session} />}
      {targets && <TargetDialog door={door} session={session} onClose={() => setTargets(false)} />}
    </>
  );
}

async function move({ door, session }: SessionPartProps, status: string, words: string): Promise<void> {
  try {
    await changeSession(session.id, { status }, null);
    toast(words);
  } catch (error) {
    // the sensor or somebody else was quicker: what the page shows next says so
    if (!(error instanceof Problem) || error.status !== 409) throw error;
  } finally {
    door.reload();
  }
}

function StopButton(props: SessionPartProps): JSX.Element {
  return (
    <DeedButton
      label={
        <>
          <Icon name="square" />
          Stop
        </>
      }
      title="End the session?"
      deed="End the session"
      stay="Go on"
      danger
      onConfirm={() => move(props, "completed", "The session is over.")}
    >
      <p>The sensor is told to stop, and the repetitions are counted once more from all that is stored.</p>
    </DeedButton>
  );
}

function CancelButton(props: SessionPartProps): JSX.Element {
  return (
    <DeedButton
      label="Cancel…"
      title="Cancel this session?"
      deed="Cancel the session"
      stay="Keep it"
      danger
      onConfirm={() => move(props, "cancelled", "The session is cancelled.")}
    >
      <p>The time is free again. A cancelled session cannot be brought back; it can only be booked anew.</p>
    </DeedButton>
  );
}
