/** A plan goes from draft to active to ended; only a draft can be removed. */

import type { JSX } from "preact";
import { DeedButton } from "../shared/deed-button.tsx";
import { change, remove } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { navigate } from "../shared/router.ts";
import { toast } from "../shared/toast.tsx";
import type { RecordDoor } from "../shared/use-record.ts";
import { PLANS } from "./plan.ts";
import type { Plan } from "./plan.ts";

export interface PlanActionsProps {
  readonly door: RecordDoor<Plan>;
  readonly plan: Plan;
  readonly exercises: number;
}

export function PlanActions({ door, plan, exercises }: PlanActionsProps): JSX.Element | null {
  const may = useMay();
  if (!may.change("workout_plans") || plan.created_by !== may.user.id) return null;
  const move = async (status: string, words: string): Promise<void> => {
    try {
      await change<Plan>(`${PLANS}/${plan.id}`, { status }, door.etag);
      toast(words);
    } finally {
      door.reload();
    }
  };
  const drop = async (): Promise<void> => {
    await remove(`${PLANS}/${plan.id}`, door.etag);
    toast("The draft is removed.");
    void navigate("/plans", { replace: true });
  };
  return (
    <>
      {plan.status === "draft" && may.remove("workout_plans") && (
        <DeedButton label="Remove the draft…" title="Remove this draft?" deed="Remove it" danger onConfirm={drop}>
          <p>Its exercises go with it. Nobody but you has seen it as due.</p>
        </DeedButton>
      )}
      {plan.status === "draft" && (
        <DeedButton
          label="Make it active…"
          title="Make this plan active?"
          deed="Make it active"
          onConfirm={() => move("active", "The plan is active: the patient sees what is due.")}
        >
          <p>
            {exercises === 0
              ? "It has no exercises yet: nothing will be due. You can still add some afterwards."
              : "From its first day on the patient sees what is due, is reminded of it, and progress is counted."}
          </p>
          <p>Once active, a plan can be changed and ended, but no more removed.</p>
        </DeedButton>
      )}
      {plan.status === "active" && (
        <DeedButton
          label="End the plan…"
          title="End this plan?"
          deed="End it"
          danger
          onConfirm={() => move("ended", "The plan is ended.")}
        >
          <p>Nothing of it is due any more. What was done stays. An ended plan cannot be made active again.</p>
        </DeedButton>
      )}
    </>
  );
}
