/** What an alert says to people, and what it asks them to do. Pure. */

import type { Alert } from "./shapes.ts";
import { sayTravel } from "./timers.ts";

function fact(alert: Alert, name: string): number | null {
  const value = alert.facts[name];
  return typeof value === "number" ? value : null;
}

function duration(alert: Alert, name: string): string {
  const seconds = fact(alert, name);
  return seconds === null ? "" : ` for ${sayTravel(seconds)}`;
}

function text(alert: Alert, name: string): string {
  const value = alert.facts[name];
  return typeof value === "string" && value !== "" ? value : "";
}

const SENTENCES: Readonly<Record<string, (alert: Alert, unit: string) => string>> = {
  no_unit: () => "No unit can take this call.",
  unattended: (alert) => `Nobody has dealt with this call${duration(alert, "after_s")}.`,
  unanswered: (alert, unit) => `${unit} has not answered the offer${duration(alert, "asked_s")}.`,
  undelivered: (_, unit) => `The offer has not reached ${unit}: radio them.`,
  declined: (alert, unit) => `${unit} has declined${text(alert, "reason") === "" ? "" : `: ${text(alert, "reason")}`}.`,
  not_moving: (alert, unit) => `${unit} has accepted, and stands still${duration(alert, "after_s")}.`,
  silent: (alert, unit) => `${unit} has sent no position${duration(alert, "after_s")}.`,
  no_fix: (_, unit) => `${unit} sends, but without a usable position.`,
  eta_slip: (alert, unit) => {
    const late = fact(alert, "late_s");
    return `${unit} comes ${late === null ? "much" : sayTravel(late)} later than promised.`;
  },
  at_scene: (_, unit) => `${unit} seems to be at the scene: has the crew said so?`,
  left_scene: (_, unit) => `${unit} seems to have left the scene.`,
  at_destination: (_, unit) => `${unit} seems to be at the hospital.`,
  stage_late: (_, unit) => `A time of ${unit} came long after it happened.`,
};

export function sayAlert(alert: Alert): string {
  const unit = alert.ambulance?.plate_number ?? "The unit";
  const sentence = SENTENCES[alert.kind];
  return sentence === undefined ? `${unit}: ${alert.kind.replaceAll("_", " ")}.` : sentence(alert, unit);
}
