/** What a session can be planned with: the patient's active plans, their exercises, and the sensors at hand. */

import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { useRecord } from "../shared/use-record.ts";
import { sayDay } from "../shared/words.ts";
import { DAYS } from "../doctors/week.ts";
import { nameOfJoint } from "./joints.ts";

export interface Choice {
  readonly id: string;
  readonly words: string;
}

export interface Choices {
  readonly plans: readonly Choice[];
  readonly exercises: readonly Choice[];
  readonly sensors: readonly Choice[];
}

interface Page {
  readonly items: readonly Row[];
}

const named = (page: Page | null, words: (row: Row) => string): readonly Choice[] =>
  (page?.items ?? []).map((row) => ({ id: String(row.id), words: words(row) }));

/** For `patient`, and for one of their plans; nothing is asked before there is one, nor of what is not to be read. */
export function useChoices(patient: string | null, plan: string | null): Choices {
  const may = useMay();
  const plans = useRecord<Page>(patient === null || !may.read("workout_plans") ? null : `/workout_plans?patient_id=${patient}&status=active&limit=50`);
  const exercises = useRecord<Page>(plan === null ? null : `/plan_exercises?plan_id=${plan}&limit=200`);
  const sensors = useRecord<Page>(patient === null || !may.read("devices") ? null : "/devices?kind=physio&revoked=false&limit=200");
  const fitting = (sensors.row?.items ?? []).filter((row) => (row["patient_id"] ?? patient) === patient);
  const own = fitting.filter((row) => row["patient_id"] === patient);
  return {
    plans: named(plans.row, (row) => `${nameOfJoint(String(row["joint"]))}, since ${sayDay(row["start_date"])}`),
    exercises: named(exercises.row, (row) => `${String(row["name"])}, ${DAYS[Number(row["day_of_week"]) - 1] ?? ""}`),
    sensors: named({ items: [...own, ...fitting.filter((row) => !own.includes(row))] }, (row) => {
      const whose = row["patient_id"] === patient ? "of the patient" : "in the cupboard";
      return `${String(row["name"])} (${whose}${row["connected"] === true ? ", connected" : ""})`;
    }),
  };
}
