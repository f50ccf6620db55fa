/** What is known of a session beside its motion: who, when, what for, pain, and the therapist's notes. */

import type { JSX } from "preact";
import { EditButton } from "../shared/edit-button.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import type { RecordDoor } from "../shared/use-record.ts";
import { useRecord } from "../shared/use-record.ts";
import { sayMoment } from "../shared/words.ts";
import { Card, Facts } from "../shell/page.tsx";
import { nameOfMotion } from "./joints.ts";
import { sayDegrees } from "./repetition.ts";
import type { PhysioSession } from "./session-api.ts";

export interface SessionPartProps {
  readonly door: RecordDoor<PhysioSession>;
  readonly session: PhysioSession;
}

const ENDINGS: Readonly<Record<string, string>> = {
  person: "",
  device: " by the sensor",
  idle: " by itself: nothing was measured for ten minutes",
};

function sayEnd({ ended_at, ended_by }: PhysioSession): string | undefined {
  if (ended_at === null) return undefined;
  return sayMoment(ended_at) + (ENDINGS[ended_by ?? "person"] ?? "");
}

export function SessionFacts({ session }: { session: PhysioSession }): JSX.Element {
  const may = useMay();
  const { patient_id, plan_id, exercise_id, device_id, joint } = session;
  const plan = useRecord<Row>(plan_id === null ? null : `/workout_plans/${plan_id}`);
  const exercise = useRecord<Row>(exercise_id === null ? null : `/plan_exercises/${exercise_id}`);
  const sensor = useRecord<Row>(device_id === null || !may.read("devices") ? null : `/devices/${device_id}`);
  const patient = session.patient?.name ?? "–";
  const exercising = String(exercise.row?.["name"] ?? "Exercise plan");
  return (
    <Card title="The session">
      <Facts
        facts={[
          ["Patient", may.has("PT") ? patient : <a href={`/people/${patient_id}?as=patient`}>{patient}</a>],
          ["Therapist", session.therapist?.name ?? "–"],
          ["Joint", joint === null ? "Whatever the sensor measures" : nameOfMotion(joint, session)],
          ["For", plan.row === null ? undefined : <a href={`/plans/${plan_id}`}>{exercising}</a>],
          ["Sensor", sensor.row === null ? (device_id === null ? "None" : undefined) : <Sensor row={sensor.row} />],
          ["Where", session.supervised ? "With the therapist" : "At home"],
          ["Planned", `${sayMoment(session.scheduled_at)}, ${session.duration_min} min`],
          ["Began", session.started_at === null ? undefined : sayMoment(session.started_at)],
          ["Ended", sayEnd(session)],
          ["Status", <StatusMark key="status" value={session.status} />],
        ]}
      />
    </Card>
  );
}

function Sensor({ row }: { row: Row }): JSX.Element {
  return (
    <>
      {String(row["name"])}
      <span class="quiet">{row["connected"] === true ? " · connected" : " · not connected"}</span>
    </>
  );
}

/** What the patient says, before and after. */
export function PainCard({ session }: { session: PhysioSession }): JSX.Element | null {
  const { pain_before: before, pain_after: after } = session;
  if (before === undefined || after === undefined || (before === null && after === null)) return null;
  const change = before === null || after === null ? null : after - before;
  return (
    <Card title="Pain, 0 to 10">
      <Facts
        facts={[
          ["Before", before === null ? "Not said" : <Pain value={before} />],
          ["After", after === null ? "Not said yet" : <Pain value={after} />],
          ["Change", change === null ? undefined : change === 0 ? "None" : change > 0 ? `${change} more` : `${-change} less`],
        ]}
      />
    </Card>
  );
}

function Pain({ value }: { value: number }): JSX.Element {
  return (
    <span class="pain">
      <b>{value}</b>
      <meter class="pain__bar" min={0} max={10} low={4} high={7} optimum={0} value={value} aria-label={`${value} of 10`} />
    </span>
  );
}

export function NotesCard({ door, session }: SessionPartProps): JSX.Element | null {
  const may = useMay();
  if (session.notes === undefined) return null;
  const own = may.has("DR") && session.therapist_id === may.user.id;
  const own_door = door as unknown as RecordDoor<Row>;
  return (
    <Card
      title="Notes"
      actions={own && <EditButton title="Notes" table="physio_sessions" fields={["notes"]} door={own_door} row={session} />}
    >
      {session.notes === null ? <p class="quiet">None yet.</p> : <p class="as-written">{session.notes}</p>}
    </Card>
  );
}

/** What is to be reached, in a line. */
export function sayTarget({ target_angle, rest_angle, target_reps }: PhysioSession): string {
  const parts = [
    target_reps === null ? null : `${target_reps} repetitions`,
    target_angle === null ? "no target angle" : `to ${sayDegrees(target_angle)}`,
    rest_angle === null ? null : `from ${sayDegrees(rest_angle)}`,
  ];
  return parts.filter((part) => part !== null).join(" ");
}
