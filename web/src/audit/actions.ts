/** Entries of the audit log in words. */

const VERBS: Readonly<Record<string, string>> = {
  R: "Read",
  C: "Added",
  U: "Changed",
  D: "Removed",
  claim: "Claimed",
  bind: "Bound",
  invite: "Invited",
  password: "Changed the password of",
  role: "Changed the role of",
  disabled: "Stopped or let in",
  pseudonymise: "Forgot the name of",
  bypass: "Gave a one-time code for",
  refund: "Refunded",
};

const THINGS: Readonly<Record<string, string>> = {
  alarms: "a call for help",
  ambulance_requests: "a call for an ambulance",
  ambulances: "an ambulance",
  appointments: "a visit",
  audit_log: "the audit log",
  break_glass: "a closed record, for a reason",
  devices: "a device",
  doctor_facilities: "where a doctor works",
  doctor_schedules: "a doctor's hours",
  doctors: "a doctor",
  exercise_ticks: "exercises ticked off",
  facilities: "a facility",
  joint_motion_logs: "movements of a therapy session",
  messages: "a message",
  notifications: "a notification",
  patients: "a patient's record",
  physio_sessions: "a therapy session",
  plan_exercises: "an exercise of a plan",
  positions: "where ambulances were",
  rehab_days: "days of a training plan",
  rehab_progress: "a progress report",
  sessions: "a sign-in",
  staff: "a member of staff",
  totp: "a second factor",
  transactions: "a payment",
  users: "an account",
  workout_plans: "a training plan",
};

function sayThing(entity: unknown): string {
  return THINGS[String(entity)] ?? String(entity).replaceAll("_", " ");
}

/** "Read a visit"; of a sign-in its own words. */
export function sayAction(action: unknown): string {
  const [entity = "", verb = "", detail = ""] = String(action).split(".");
  if (entity === "sessions") return { C: "Signed in", D: "Signed out" }[verb] ?? "Looked at sign-ins";
  if (entity === "break_glass" && verb === "C") return "Opened a closed record";
  const words = VERBS[detail] ?? VERBS[verb] ?? verb.replaceAll("_", " ");
  return `${words} ${sayThing(entity)}`;
}
