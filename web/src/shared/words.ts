/** Names of fields and values in the words of people. */

const LABELS: Readonly<Record<string, string>> = {
  at: "When",
  blood_type: "Blood group",
  created_at: "Added",
  day_of_week: "Day",
  doctor_id: "Doctor",
  duration_min: "Minutes",
  email: "Email",
  facility_id: "Facility",
  id: "Number",
  license_number: "Licence",
  location: "Place on the map",
  patient_id: "Patient",
  scheduled_at: "Begins",
  specialization: "Speciality",
  time_zone: "Time zone",
  years_experience: "Years of experience",
};

const VALUES: Readonly<Record<string, string>> = {
  admin: "Administrator",
  false: "No",
  missed: "Did not come",
  staff: "Front desk and dispatch",
  true: "Yes",
};

/** `date_of_birth` → "Date of birth". */
export function humanise(name: string): string {
  const words = name.replace(/_id$/, "").replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function labelOf(name: string): string {
  return LABELS[name] ?? humanise(name);
}

/** A value out of a closed list, such as a status. */
export function sayValue(value: string): string {
  return VALUES[value] ?? (/^[a-z_]+$/.test(value) ? humanise(value) : value);
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const ZONE = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });

/** A moment on the wall clock here; an en dash for none. */
export function sayMoment(iso: unknown): string {
  return typeof iso === "string" ? WHEN.format(Date.parse(iso)) : "–";
}

/** A calendar day, which has no zone. */
export function sayDay(iso: unknown): string {
  return typeof iso === "string" ? DAY.format(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`)) : "–";
}

/** The short name of the zone here at that time: summer time has its own. */
export function zoneAt(ms: number): string {
  return ZONE.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** "3 hours ago", "in 2 days"; a date where it is longer ago than a month. */
export function sayAgo(iso: unknown, nowMs: number = Date.now()): string {
  if (typeof iso !== "string") return "never";
  const seconds = (Date.parse(iso) - nowMs) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return sayDay(iso);
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return AGO.format(Math.round(seconds / length), unit);
  }
  return "just now";
}
