/** What an entry of a call's timeline says. Pure. */

import type { Happening } from "./shapes.ts";
import { sayStage } from "./stages.ts";

const SOURCES: Readonly<Record<string, string>> = {
  crew: "by the crew",
  automatic: "by the hub",
  dispatcher: "by radio",
  correction: "corrected",
  paper: "from paper",
  phone: "by telephone",
  app: "in the app",
  desk: "from a reception desk",
  radio: "by radio",
};

const CHOICES: Readonly<Record<string, string>> = {
  suggest: "Suggestions were shown",
  offer: "A unit was chosen",
  overrule: "Another unit was chosen than suggested",
  divert: "A unit was taken from another call",
  queue: "It was left waiting",
  relocate: "Advice where to wait",
};

/** What the hub notices beside the alerts: of a tablet, and of where it is. */
const NOTICED: Readonly<Record<string, string>> = {
  delivered: "The offer is on the tablet",
  seen: "The crew has seen the offer",
  re_alerted: "The tablet sounded again",
  moved: "Position says: moving",
};

/** What a dispatcher decides, and no crew says by radio. */
const DECIDED: ReadonlySet<string> = new Set(["offered", "cancelled", "diverted"]);

const ALERTS: Readonly<Record<string, string>> = {
  no_unit: "No unit can take it",
  unattended: "Nobody had dealt with it",
  unanswered: "The offer was not answered",
  undelivered: "The offer had not arrived",
  declined: "Declined by the crew",
  not_moving: "Accepted, and not moving",
  silent: "No position came",
  no_fix: "No usable position came",
  eta_slip: "Much later than promised",
  at_scene: "Position says: at the scene",
  left_scene: "Position says: left the scene",
  at_destination: "Position says: at the hospital",
  stage_late: "A time came late",
};

const COMMANDS: Readonly<Record<string, string>> = {
  offer: "Offer to the tablet",
  recall: "Recall to the tablet",
  reporting: "Asked the tablet to report more often",
  message: "Message to the tablet",
  call: "Details to the tablet",
};

function text(facts: Happening["facts"], name: string): string {
  const value = facts[name];
  return typeof value === "string" ? value : "";
}

/** The headline: what happened. */
export function sayHappening({ kind, what, facts }: Happening): string {
  if (kind === "call") return what === "received" ? "Call received" : `Call ${sayStage(what).toLowerCase()}`;
  if (kind === "stage") return sayStage(what);
  if (kind === "noticed") return NOTICED[what] ?? ALERTS[what] ?? what.replaceAll("_", " ");
  if (kind === "command") return COMMANDS[what] ?? `To the tablet: ${what}`;
  if (kind === "alert") return ALERTS[what] ?? what.replaceAll("_", " ");
  if (kind === "message") return what === "crew" ? "The crew wrote" : "The desk wrote";
  const words = text(facts, "words");
  return kind === "decision" ? (words === "" ? (CHOICES[what] ?? what) : `${CHOICES[what] ?? what}: ${words}`) : what;
}

/** Beside it: how, why, and what was written. */
export function sayDetails({ kind, what, who, facts }: Happening): string {
  const source = text(facts, "source");
  const parts = [
    kind === "stage" && source === "dispatcher" && DECIDED.has(what) ? "on the board" : (SOURCES[source] ?? source),
    who ?? "",
    text(facts, "reason"),
    kind === "message" ? `“${text(facts, "text")}”` : "",
    kind === "command" ? text(facts, "status") : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
