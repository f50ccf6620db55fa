/** A week of windows, as times of a local day: ISO weekdays, 1 = Monday. */

import type { Row } from "../shared/http.ts";

/** A weekly time in which a doctor sees patients. */
export interface Window extends Row {
  readonly id: string;
  readonly doctor_id: string;
  readonly facility_id: string;
  readonly day_of_week: number;
  /** `HH:MM:SS`, in the zone of the facility. */
  readonly start_time: string;
  /** Before the start: on the next day. */
  readonly end_time: string;
}

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const DAY_MIN = 1_440;

/** Minutes since midnight. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

export function timeOf(minutes: number): string {
  const inDay = ((minutes % DAY_MIN) + DAY_MIN) % DAY_MIN;
  return `${String(Math.floor(inDay / 60)).padStart(2, "0")}:${String(inDay % 60).padStart(2, "0")}`;
}

/** The end in minutes since the start's midnight: beyond 1,440 where it is on the next day. */
export function endOf(window: Pick<Window, "start_time" | "end_time">): number {
  const [start, end] = [minutesOf(window.start_time), minutesOf(window.end_time)];
  return end > start ? end : end + DAY_MIN;
}

/** "09:00–13:00", and where it ends if that is on the next day. */
export function sayWindow(window: Pick<Window, "start_time" | "end_time">): string {
  const next = minutesOf(window.end_time) <= minutesOf(window.start_time);
  return `${window.start_time.slice(0, 5)}–${window.end_time.slice(0, 5)}${next ? " next day" : ""}`;
}

/** What is drawn in one day's column: a window past midnight has a part in the next day's as well. */
export interface Block {
  readonly window: Window;
  readonly from: number;
  readonly to: number;
}

export function blocksOf(windows: readonly Window[], day: number): readonly Block[] {
  const before = day === 1 ? 7 : day - 1;
  return windows.flatMap((window) => {
    const [from, to] = [minutesOf(window.start_time), endOf(window)];
    if (window.day_of_week === day) return [{ window, from, to: Math.min(to, DAY_MIN) }];
    return window.day_of_week === before && to > DAY_MIN ? [{ window, from: 0, to: to - DAY_MIN }] : [];
  });
}

/** The hours that are drawn: the usual day, and whatever lies beyond it. */
export function hoursOf(windows: readonly Window[]): readonly [first: number, last: number] {
  const blocks = DAYS.flatMap((_, at) => blocksOf(windows, at + 1));
  const first = Math.min(8, ...blocks.map(({ from }) => Math.floor(from / 60)));
  const last = Math.max(18, ...blocks.map(({ to }) => Math.ceil(to / 60)));
  return [first, last];
}

/** The windows, at whatever facility, that share some time with these hours of `day`. */
export function overlapping(
  windows: readonly Window[],
  day: number,
  hours: Pick<Window, "start_time" | "end_time">,
  except: string | null,
): readonly Window[] {
  const asked = { id: "", doctor_id: "", facility_id: "", day_of_week: day, ...hours };
  const others = windows.filter(({ id }) => id !== except);
  return others.filter((other) =>
    DAYS.some((_, at) =>
      blocksOf([asked], at + 1).some((one) => blocksOf([other], at + 1).some((two) => one.from < two.to && two.from < one.to)),
    ),
  );
}
