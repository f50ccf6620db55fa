/** The hub's HTTP interface for patients who exercise at home. */

import { call, Problem } from "../api.ts";
import type { ExerciseDay, OwnExercise, OwnSensor, PhysioRepetition, PhysioSessions, RehabDays } from "../generated/api.ts";
import { change, create, readOne, readPage } from "../shared/http.ts";

export type { ExerciseDay } from "../generated/api.ts";

export type Sensor = OwnSensor;

/** An exercise of a plan that runs, with what was done of it today; what is ticked off is ticked off for its `day`. */
export type Exercise = OwnExercise;

/** What a patient sees of their own session, in whatever way it was read. */
export type PhysioSession = Known<
  PhysioSessions,
  | ("id" | "status" | "joint" | "scheduled_at" | "started_at" | "ended_at" | "plan_id" | "exercise_id" | "device_id")
  | ("rest_angle" | "target_angle" | "target_reps" | "pain_before" | "pain_after")
> &
  Pick<PhysioSessions, "ended_by" | "counted_at">;

export type Repetition = Pick<PhysioRepetition, "joint" | "number" | "peak_angle" | "hold_s" | "valid">;

/** A day of a plan, as it counts for the compliance. */
export type RehabDay = Known<RehabDays, "plan_id" | "day" | "due_reps" | "done_reps" | "completed_reps" | "self_reported_reps">;

/** Fields that the hub gives to everybody who reads the record here. */
type Known<Record, Fields extends keyof Record> = Required<Pick<Record, Fields>>;

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
