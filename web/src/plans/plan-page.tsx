/** One exercise plan: what is due on which weekday, how it stands, and how far the patient has come. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { nameOfJoint, normOf } from "../physio/joints.ts";
import { sayDegrees } from "../physio/repetition.ts";
import { EditButton } from "../shared/edit-button.tsx";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { StatusMark } from "../shared/status-mark.tsx";
import { Skeleton } from "../shared/table-rows.tsx";
import { useList } from "../shared/use-list.ts";
import { useRecord } from "../shared/use-record.ts";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayDay } from "../shared/words.ts";
import { Card, Facts, Page } from "../shell/page.tsx";
import type { PageProps } from "../shell/routes.tsx";
import { ExerciseWeek } from "./exercise-week.tsx";
import { PlanActions } from "./plan-actions.tsx";
import { PlanProgress } from "./plan-progress.tsx";
import { PlanSessions } from "./plan-sessions.tsx";
import { PLANS } from "./plan.ts";
import type { Plan, PlanExercise } from "./plan.ts";

const MANY = 200;

export function PlanPage({ id }: PageProps): JSX.Element {
  const may = useMay();
  const door = useRecord<Plan>(`${PLANS}/${id}?embed=patient,doctor`);
  const list = useList<PlanExercise>("/plan_exercises", { plan_id: id }, MANY);
  const [turn, setTurn] = useState(0);
  const { row, problem } = door;
  const back = may.has("PT") ? { href: "/exercise", label: "My exercises" } : { href: "/plans", label: "Exercise plans" };
  if (row === null) {
    return (
      <Page title="Exercise plan" back={back}>
        {problem === null ? <Skeleton columns={3} /> : <Failure error={problem} onRetry={door.reload} />}
      </Page>
    );
  }
  const exercises = list.page?.items ?? [];
  const changed = (): void => {
    list.reload();
    setTurn(turn + 1);
  };
  const joint = nameOfJoint(row.joint);
  return (
    <Page
      title={may.has("PT") ? joint : (row.patient?.name ?? "Exercise plan")}
      lead={may.has("PT") ? "My exercise plan" : joint}
      back={back}
      actions={<PlanActions door={door} plan={row} exercises={exercises.length} />}
    >
      {row.status === "draft" && <DraftNote count={exercises.length} known={list.page !== null} />}
      <Card title="Exercises">
        {list.problem !== null && <Failure error={list.problem} onRetry={list.reload} />}
        {list.page === null && list.problem === null && <Skeleton columns={3} />}
        {list.page !== null && <ExerciseWeek plan={row} exercises={exercises} onChanged={changed} />}
      </Card>
      <div class="cards">
        <About door={door} plan={row} />
        {row.status !== "draft" && <PlanProgress plan={row} exercises={exercises} turn={turn} />}
      </div>
      <PlanSessions plan={row} />
    </Page>
  );
}

/** What is missing before it counts. */
function DraftNote({ count, known }: { count: number; known: boolean }): JSX.Element {
  return (
    <p class="note" role="status">
      <Icon name="edit" />
      {known && count === 0
        ? "This is a draft without exercises: add some to the days below, then make it active."
        : "This is a draft: the patient sees nothing of it until you make it active."}
    </p>
  );
}

function About({ door, plan }: { door: RecordDoor<Plan>; plan: Plan }): JSX.Element {
  const may = useMay();
  const norm = normOf(plan.joint);
  const fields = plan.status === "draft" ? ["joint", "start_date", "end_date", "notes"] : ["end_date", "notes"];
  const edit = (
    <EditButton
      title="The plan"
      table="workout_plans"
      fields={fields}
      labels={{ start_date: "First day", end_date: "Last day", notes: "What to look out for" }}
      door={door as unknown as RecordDoor<Row>}
      row={plan}
    />
  );
  const patient = plan.patient?.name ?? "–";
  return (
    <Card title="The plan" actions={plan.created_by === may.user.id && plan.status !== "ended" ? edit : undefined}>
      <Facts
        facts={[
          ["Patient", may.has("PT") ? patient : <a href={`/people/${plan.patient_id}?as=patient`}>{patient}</a>],
          ["Joint", nameOfJoint(plan.joint)],
          ["Usual range", norm === null ? undefined : `${sayDegrees(norm[0])} to ${sayDegrees(norm[1])} in healthy adults`],
          ["First day", sayDay(plan.start_date)],
          ["Last day", plan.end_date === null ? "Open" : sayDay(plan.end_date)],
          ["Made by", plan.doctor?.name ?? "–"],
          ["Status", <StatusMark key="status" value={plan.status} />],
          ["Look out for", plan.notes],
        ]}
      />
    </Card>
  );
}
