/** What a crew reads at a glance. */

import type { DeviceState } from "@arogya/client";
import type { Details } from "./crew-state.ts";
import type { Tracking } from "./tracker.ts";

export const PRIORITY_WORDS: Readonly<Record<number, string>> = { 1: "Critical", 2: "Emergent", 3: "Lower", 4: "Scheduled" };

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export function clockOf(ms: number): string {
  return CLOCK.format(ms);
}

/** Seconds as `0:27` or `12:05`. */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export type Tone = "good" | "warn" | "bad";

export interface Saying {
  readonly tone: Tone;
  readonly words: string;
}

export function sayConnection({ phase, refused, retryAtMs }: DeviceState, nowMs: number, online: boolean): Saying {
  if (!online) return { tone: "bad", words: "No network" };
  if (refused) return { tone: "bad", words: "The hub refuses this tablet" };
  if (phase === "streaming") return { tone: "good", words: "Connected" };
  if (phase === "standby") return { tone: "bad", words: "Open in another tab" };
  if (phase === "waiting" && retryAtMs !== null) {
    return { tone: "bad", words: `No connection · again in ${Math.max(1, Math.ceil((retryAtMs - nowMs) / 1000))} s` };
  }
  return { tone: "warn", words: "Connecting…" };
}

const OLD_MS = 30_000;
const ROUGH_M = 100;

export function sayTracking(tracking: Tracking, nowMs: number): Saying {
  if (tracking.state === "denied") return { tone: "bad", words: "Location not allowed" };
  if (tracking.state === "lost") return { tone: "bad", words: "No position" };
  if (tracking.state === "looking") return { tone: "warn", words: "Looking for GPS…" };
  const oldS = Math.round((nowMs - tracking.atMs) / 1000);
  if (nowMs - tracking.atMs > OLD_MS) return { tone: "bad", words: `No GPS for ${oldS} s` };
  return { tone: tracking.accuracyM > ROUGH_M ? "warn" : "good", words: `GPS ± ${Math.round(tracking.accuracyM)} m` };
}

/** What is still on this tablet alone. */
export function sayBacklog(fixes: number, reports: number): Saying {
  const parts = [reports > 0 ? `${reports} report${reports === 1 ? "" : "s"}` : "", fixes > 5 ? `${fixes} positions` : ""];
  const words = parts.filter((part) => part !== "").join(" and ");
  return words === "" ? { tone: "good", words: "All sent" } : { tone: "warn", words: `${words} to send` };
}

export interface Goal {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** Where the crew has to go: to the patient, and from the scene on to the destination; null where no place is known. */
export function goalOf(details: Details, isAtScene: boolean): Goal | null {
  const { latitude, longitude, destination_latitude, destination_longitude } = details;
  if (isAtScene && destination_latitude !== undefined && destination_longitude !== undefined) {
    return { name: details.destination ?? "Destination", latitude: destination_latitude, longitude: destination_longitude };
  }
  if (isAtScene || latitude === undefined || longitude === undefined) return null;
  return { name: "Patient", latitude, longitude };
}

const APPLE = /iPhone|iPad|Macintosh/;

/** What opens the phone's own navigation (RFC 5870 with Android's label; Apple's map links). */
export function navigationUrl({ latitude, longitude, name }: Goal, agent: string = navigator.userAgent): string {
  const place = `${latitude.toFixed(6)},${longitude.toFixed(6)}`;
  if (APPLE.test(agent)) return `https://maps.apple.com/?daddr=${place}&dirflg=d`;
  return `geo:${place}?q=${place}(${encodeURIComponent(name)})`;
}

/** The patient, as far as the crew may know. */
export function patientLine({ patient, patient_age_band, blood_type }: Details): string | null {
  const parts = [patient, patient_age_band && `${patient_age_band} years`, blood_type && `blood group ${blood_type}`];
  const words = parts.filter((part) => part !== undefined && part !== "").join(", ");
  return words === "" ? null : words;
}
