/** How a device stands, in words. */

import type { JSX } from "preact";
import { sayAgo, sayMoment } from "../shared/words.ts";
import type { Device } from "./device-api.ts";

export const KINDS: Readonly<Record<Device["kind"], string>> = {
  tablet: "Tablet in an ambulance",
  physio: "Physiotherapy sensor",
};

/** The apps of tablets; those that are not ours only say where they are. */
export const APPS: Readonly<Record<Device["protocol"], string>> = {
  hub: "Our own: the whole tablet",
  traccar: "Traccar Client: position and SOS",
  owntracks: "OwnTracks: position",
};

/** What it is, in words. */
export function sayKind({ kind, protocol }: Pick<Device, "kind" | "protocol">): string {
  return protocol === "hub" ? KINDS[kind] : `Tracker with ${protocol === "traccar" ? "Traccar Client" : "OwnTracks"}`;
}

type Standing = "revoked" | "connected" | "waiting" | "lapsed" | "away" | "new";

export function standingOf(device: Device, nowMs: number = Date.now()): Standing {
  if (device.revoked_at !== null) return "revoked";
  if (device.connected) return "connected";
  if (device.claimed) return device.last_seen_at === null ? "new" : "away";
  const until = device.claim_expires_at;
  return until !== null && Date.parse(until) > nowMs ? "waiting" : "lapsed";
}

const WORDS: Readonly<Record<Standing, readonly [mark: string, words: (device: Device) => string]>> = {
  connected: ["mark-of mark-of--good", () => "Connected"],
  away: ["mark-of", ({ last_seen_at }) => `Seen ${sayAgo(last_seen_at)}`],
  new: ["mark-of", () => "Set up, never seen"],
  waiting: ["mark-of mark-of--warn", () => "Waits for its code"],
  lapsed: ["mark-of mark-of--warn", () => "Needs a code"],
  revoked: ["mark-of mark-of--off", () => "Revoked"],
};

export function StandingMark({ device }: { device: Device }): JSX.Element {
  const [mark, words] = WORDS[standingOf(device)];
  return (
    <span class={mark} title={device.last_seen_at === null ? "Never connected" : `Last seen ${sayMoment(device.last_seen_at)}`}>
      {words(device)}
    </span>
  );
}

/** Where it belongs. */
export function sayPlace(device: Device): string {
  if (device.ambulance?.plate_number !== undefined) return device.ambulance.plate_number;
  if (device.patient_id != null) return "With a patient";
  if (device.ambulance_id != null) return `Ambulance ${device.ambulance_id}`;
  return device.facility_id == null ? "Nowhere yet" : "At the facility";
}
