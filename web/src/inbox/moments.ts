/** Times in an inbox: the clock today, and the day before that. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const YEAR = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const SHORT = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const DAY_MS = 86_400_000;

/** Days of the wall clock here from `iso` to now: 0 today, 1 yesterday. */
function daysAgo(iso: string, nowMs: number): number {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(nowMs) - midnight(Date.parse(iso))) / DAY_MS); // a day of 23 h is one too
}

export function sayClock(iso: string): string {
  return CLOCK.format(Date.parse(iso));
}

/** The title over the messages of a day. */
export function sayDayTitle(iso: string, nowMs: number = Date.now()): string {
  const days = daysAgo(iso, nowMs);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (days < 300 ? DAY : YEAR).format(Date.parse(iso));
}

/** As short as a list can bear it. */
export function sayShort(iso: string, nowMs: number = Date.now()): string {
  const days = daysAgo(iso, nowMs);
  if (days === 0) return sayClock(iso);
  return days === 1 ? "Yesterday" : SHORT.format(Date.parse(iso));
}
