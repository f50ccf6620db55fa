/** Moments, durations and distances of the past as people read them, in the browser's own time zone. */

import { TIME_ZONE } from "./format.ts";

const MINUTE_MS = 60_000;

const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const MINUTE = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const SECOND = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const OFFSET = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" });

export const day = (ms: number): string => DAY.format(ms);
export const minute = (ms: number): string => MINUTE.format(ms);
export const second = (ms: number): string => SECOND.format(ms);

/** The offset that holds at this moment, such as `GMT+5:30`: a zone's name alone is ambiguous when clocks go back. */
export function offset(ms: number): string {
  return OFFSET.formatToParts(ms).find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** `Asia/Kolkata, GMT+5:30` */
export function zone(ms: number): string {
  return TIME_ZONE === "UTC" ? "UTC" : `${TIME_ZONE}, ${offset(ms)}`;
}

/** `Mon, 23 Nov, 14:05 – 15:05`, with the day of the end where it is another, and offsets where they differ. */
export function span(fromMs: number, toMs: number): string {
  const moved = offset(fromMs) !== offset(toMs);
  const [from, to] = [fromMs, toMs].map((ms) => minute(ms) + (moved ? ` ${offset(ms)}` : ""));
  return day(fromMs) === day(toMs)
    ? `${day(fromMs)}, ${from} – ${to}`
    : `${day(fromMs)}, ${from} – ${day(toMs)}, ${to}`;
}

/** `45 s`, `12 min`, `1 h`, `1 h 05 min`, `3 d 4 h` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (minutes % 60 === 0 && hours < 48) return `${hours} h`;
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `850 m`, `12.4 km`, `240 km` */
export function distance(metres: number): string {
  if (metres < 995) return `${Math.round(metres)} m`;
  return `${(metres / 1000).toFixed(metres < 99_950 ? 1 : 0)} km`;
}

/** What `<input type="datetime-local">` shows for a moment: wall time here, to the minute. */
export function toInput(ms: number): string {
  const there = new Date(ms);
  const two = (part: number): string => String(part).padStart(2, "0");
  const date = `${String(there.getFullYear()).padStart(4, "0")}-${two(there.getMonth() + 1)}-${two(there.getDate())}`;
  return `${date}T${two(there.getHours())}:${two(there.getMinutes())}`;
}

/**
 * The moment that wall time here means, null when it is none. Of an hour that happens twice the first is meant; one
 * that is left out counts on from the hour before (ECMA-262, LocalTime).
 */
export function fromInput(text: string): number | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year = 0, month = 1, date = 1, hours = 0, minutes = 0] = parts;
  return new Date(year, month - 1, date, hours, minutes).getTime();
}

/** Midnight here, `days` after the day of `ms`: days of a change of clocks have 23 or 25 hours. */
export function midnight(ms: number, days = 0): number {
  const there = new Date(ms);
  return new Date(there.getFullYear(), there.getMonth(), there.getDate() + days).getTime();
}

/** Round moments on the clock here, every `stepMin` minutes of the day, within (from, to). */
export function ticks(fromMs: number, toMs: number, stepMin: number): number[] {
  const found: number[] = [];
  // real time in quarters of an hour at most: offsets of zones are multiples of them, and hours may be left out
  const stride = Math.min(stepMin, 15) * MINUTE_MS;
  for (let at = Math.ceil(fromMs / stride) * stride; at < toMs; at += stride) {
    const there = new Date(at);
    if (at > fromMs && (there.getHours() * 60 + there.getMinutes()) % stepMin === 0) found.push(at);
  }
  return found;
}
