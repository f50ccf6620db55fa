/** Numbers as people read them, in the browser's language and time zone. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MINUTE = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const POINTS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"] as const;

/** Seconds as a short age: `4 s`, `2:05 min`, `3 h 10 min`, `5 d`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return `${minutes}:${String(whole % 60).padStart(2, "0")} min`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d`;
}

/** m/s as whole km/h, without the unit; an en dash when unknown. */
export function speed(metresPerSecond: number | null): string {
  return metresPerSecond === null ? "–" : String(Math.round(metresPerSecond * 3.6));
}

/** Metres as `850 m`, `4.2 km`, `57 km`. */
export function distance(metres: number): string {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return metres < 9_950 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}

/** Degrees clockwise from north as `128° SE`. */
export function heading(degrees: number | null): string {
  if (degrees === null) return "–";
  const point = POINTS[Math.round(degrees / 45) % 8] ?? "N";
  return `${Math.round(degrees) % 360}° ${point}`;
}

/** 1σ radius in metres as `± 8 m`. */
export function accuracy(metres: number | null): string {
  return metres === null ? "–" : `± ${Math.round(metres)} m`;
}

export function coordinates(latitude: number, longitude: number): string {
  const northSouth = latitude >= 0 ? "N" : "S";
  const eastWest = longitude >= 0 ? "E" : "W";
  return `${Math.abs(latitude).toFixed(5)}° ${northSouth}, ${Math.abs(longitude).toFixed(5)}° ${eastWest}`;
}

/** Microseconds since 1970 as the wall clock here. */
export function clockTime(microseconds: number): string {
  return CLOCK.format(microseconds / 1000);
}

/** The same without seconds. */
export function minute(microseconds: number): string {
  return MINUTE.format(microseconds / 1000);
}

/** The name of the browser's time zone, so that a time is never ambiguous. */
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
