/** What somebody says of a session that is to be, and how it is sent. */

import { useRef, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { toLocalInput } from "../shared/field-values.ts";
import { create, newKey } from "../shared/http.ts";
import { explainProblem } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { navigate } from "../shared/router.ts";
import { toast } from "../shared/toast.tsx";
import { sayMoment } from "../shared/words.ts";
import { SESSIONS } from "./session-api.ts";
import type { PhysioSession } from "./session-api.ts";

const NUMBERS = ["device_id", "duration_min", "target_angle", "target_reps"];

const FIELDS = ["patient_id", "therapist_id", "plan_id", "exercise_id", "device_id", "scheduled_at", "duration_min", "joint", "target_angle", "target_reps"] as const;

/** As it stands in the inputs; empty where nothing is said. */
export type Draft = Readonly<Record<(typeof FIELDS)[number], string>>;

export interface Scheduling {
  readonly draft: Draft;
  readonly put: (change: Partial<Draft>) => void;
  /** The field is the person's to fill in. */
  readonly asks: (name: keyof Draft) => boolean;
  readonly busy: boolean;
  readonly error: string | null;
  readonly submit: (event: Event) => void;
}

function blank(): Draft {
  const nothing = Object.fromEntries(FIELDS.map((name) => [name, ""])) as Draft;
  return { ...nothing, scheduled_at: toLocalInput(new Date().toISOString()), duration_min: "30" };
}

/** What the hub is sent: what was said, of the fields that the person may fill in. */
function bodyOf(draft: Draft, allowed: readonly string[]): Record<string, unknown> {
  const said = Object.entries(draft).filter(([name, text]) => text.trim() !== "" && allowed.includes(name));
  const valueOf = (name: string, text: string): unknown =>
    NUMBERS.includes(name) ? Number(text) : name === "scheduled_at" ? new Date(text).toISOString() : text;
  return Object.fromEntries(said.map(([name, text]) => [name, valueOf(name, text)]));
}

function complaintOf({ patient_id, therapist_id, scheduled_at, target_angle, target_reps }: Draft, desk: boolean): string | null {
  if (patient_id === "") return "Choose the patient.";
  if (desk && therapist_id === "") return "Choose the therapist.";
  if (Number.isNaN(Date.parse(scheduled_at))) return "Write a day and a time.";
  if ([target_angle, target_reps].some((text) => Number.isNaN(Number(text)))) return "Write the targets as numbers.";
  return null;
}

export function useScheduling(onPlanned: () => void): Scheduling {
  const may = useMay();
  const allowed = may.table("physio_sessions").create;
  const desk = !may.has("DR"); // a therapist plans their own
  const asks = (name: keyof Draft): boolean => allowed.includes(name) && (desk || name !== "therapist_id");
  const [draft, setDraft] = useState<Draft>(blank);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const key = useRef(newKey());
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      const { body } = await create<PhysioSession>(SESSIONS, bodyOf(draft, allowed), key.current);
      toast(`Planned for ${sayMoment(body.scheduled_at)}.`);
      onPlanned();
      if (may.read("joint_motion_logs")) void navigate(`/physio/sessions/${body.id}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      key.current = newKey(); // the next attempt says something else
      setError(explainProblem(problem));
      setBusy(false);
    }
  };
  return {
    draft,
    put: (change) => setDraft((before) => ({ ...before, ...change })),
    asks,
    busy,
    error,
    submit: (event) => {
      event.preventDefault();
      const complaint = complaintOf(draft, asks("therapist_id"));
      setError(complaint);
      if (complaint === null) void send();
    },
  };
}
