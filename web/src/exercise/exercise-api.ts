/** The hub's HTTP interface for patients who exercise at home. */

import { call, Problem } from "../api.ts";
import { change, create, readOne, readPage } from "../shared/http.ts";

export interface Sensor {
  readonly id: number;
  readonly name: string;
  readonly joints: readonly string[];
  /** It was connected within the last 90 s. */
  readonly connected: boolean;
}

/** An exercise of a plan that runs, with what was done of it today. */
export interface Exercise {
  readonly id: string;
  readonly plan_id: string;
  /** The day of the plan: what is ticked off is ticked off for it. */
  readonly day: string;
  readonly name: string;
  readonly joint: string;
  /** ISO: 1 = Monday … 7 = Sunday. */
  readonly day_of_week: number;
  readonly due: boolean;
  /** Of the day, over all sets. */
  readonly target_reps: number;
  readonly target_angle: number | null;
  readonly sets: number;
  readonly hold_s: number;
  readonly instructions: string | null;
  readonly media_url: string | null;
  /** Measured and ticked off today, at most the target. */
  readonly done_reps: number;
  /** By a sensor, today, in sessions of this exercise. */
  readonly valid_reps: number;
  readonly partial_reps: number;
  /** What was ticked off for today without a sensor; null where nothing was. */
  readonly tick_id: string | null;
  readonly ticked_reps: number | null;
}

/** Where a patient stands today. */
export interface ExerciseDay {
  /** The hub's clock. */
  readonly now: string;
  /** The patient's local day. */
  readonly day: string;
  readonly time_zone: string;
  readonly sensors: readonly Sensor[];
  readonly exercises: readonly Exercise[];
}

export interface PhysioSession {
  readonly id: string;
  readonly status: string;
  readonly joint: string | null;
  readonly scheduled_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly plan_id: string | null;
  readonly exercise_id: string | null;
  readonly device_id: number | null;
  readonly rest_angle: number | null;
  readonly target_angle: number | null;
  readonly target_reps: number | null;
  readonly pain_before: number | null;
  readonly pain_after: number | null;
  readonly ended_by?: string | null;
  /** When its repetitions were counted from all that is stored. */
  readonly counted_at?: string | null;
}

export interface Repetition {
  readonly joint: string;
  readonly number: number;
  readonly peak_angle: number | null;
  readonly hold_s: number | null;
  readonly valid: boolean | null;
}

/** A day of a plan, as it counts for the compliance. */
export interface RehabDay {
  readonly plan_id: string;
  readonly day: string;
  readonly due_reps: number;
  readonly done_reps: number;
  readonly completed_reps: number;
  readonly self_reported_reps: number;
}

const SESSIONS = "/physio_sessions";
/** Longer than anybody exercises at home, and short enough to leave the afternoon free for visits. */
const MINUTES = 30;

export const readDay = (): Promise<ExerciseDay> => call<ExerciseDay>("GET", "/exercise_day");

export const readSession = async (id: string): Promise<PhysioSession> => (await readOne<PhysioSession>(`${SESSIONS}/${id}`)).body;

/** The session that goes on now, wherever it was begun. */
export const readRunning = async (): Promise<PhysioSession | null> =>
  (await readPage<PhysioSession>(SESSIONS, { status: "in_progress", limit: 1 })).items[0] ?? null;

/** Sessions that were booked and not begun, the next one first. */
export const readBooked = async (): Promise<readonly PhysioSession[]> =>
  (await readPage<PhysioSession>(SESSIONS, { status: "scheduled", sort: "scheduled_at", limit: 20 })).items;

export const readRepetitions = async (id: string): Promise<readonly Repetition[]> =>
  (await call<{ items: readonly Repetition[] }>("GET", `${SESSIONS}/${id}/repetitions`)).items;

export const readDays = async (from: string, until: string): Promise<readonly RehabDay[]> =>
  (await readPage<RehabDay>("/rehab_days", { day_from: from, day_until: until, limit: 200 })).items;

/** Book a session that begins at `at`, which is now; sent twice with one key it is one session. */
export const book = async (exercise: Exercise, deviceId: number | null, at: string, key: string): Promise<PhysioSession> => {
  const sensor = deviceId === null ? {} : { device_id: deviceId };
  const body = { plan_id: exercise.plan_id, exercise_id: exercise.id, scheduled_at: at, duration_min: MINUTES, ...sensor };
  return (await create<PhysioSession>(SESSIONS, body, key)).body;
};

/** Move a session along. What a lost answer has done already is no mistake. */
async function move(id: string, status: string, told: object): Promise<PhysioSession> {
  try {
    return (await change<PhysioSession>(`${SESSIONS}/${id}`, { status, ...told }, null)).body;
  } catch (error) {
    if (!(error instanceof Problem) || error.status < 400 || error.status >= 500) throw error;
    const session = await readSession(id);
    if (session.status !== status) throw error;
    return session;
  }
}

const painOf = (name: string, pain: number | null): object => (pain === null ? {} : { [name]: pain });

export const start = (id: string, pain: number | null): Promise<PhysioSession> => move(id, "in_progress", painOf("pain_before", pain));

export const stop = (id: string): Promise<PhysioSession> => move(id, "completed", {});

export const cancel = (id: string): Promise<PhysioSession> => move(id, "cancelled", {});

export const sayPain = async (id: string, pain: number): Promise<PhysioSession> =>
  (await change<PhysioSession>(`${SESSIONS}/${id}`, { pain_after: pain }, null)).body;

/** Take how the joint is held now for the resting position. */
export const calibrate = (id: string): Promise<unknown> => call("POST", `${SESSIONS}/${id}/rest`);

/** Say how many repetitions of a day were done without a sensor; saying it again corrects it, and 0 takes it back. */
export async function tick(exercise: Exercise, reps: number, key: string): Promise<void> {
  if (exercise.tick_id !== null) await change(`/exercise_ticks/${exercise.tick_id}`, { reps }, null);
  else await create("/exercise_ticks", { exercise_id: exercise.id, day: exercise.day, reps }, key);
}

/** Say of a day again what was said before the last word on it. */
export async function untick({ id, day }: Exercise, reps: number): Promise<void> {
  const query = { exercise_id: id, day_from: day, limit: 10 };
  const found = (await readPage<{ id: string; day: string }>("/exercise_ticks", query)).items.find((one) => one.day === day);
  if (found !== undefined) await change(`/exercise_ticks/${found.id}`, { reps }, null);
}
