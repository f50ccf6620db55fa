/** The call that the crew has: the patient, where to go, whom to call back, where to take them. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { coordinates } from "../format.ts";
import { Icon } from "../icons.tsx";
import type { Details, OwnCall } from "./crew-state.ts";
import { Destination } from "./destination.tsx";
import type { Tablet } from "./tablet-store.ts";
import { goalOf, navigationUrl, patientLine, PRIORITY_WORDS } from "./words.ts";

const AT_SCENE = new Set(["on_scene", "transporting", "at_destination"]);

export interface CallCardProps {
  readonly tablet: Tablet;
  readonly call: OwnCall;
  /** Something more urgent has the screen. */
  readonly covered: boolean;
}

export function CallCard({ tablet, call, covered }: CallCardProps): JSX.Element {
  const [choosing, setChoosing] = useState(false);
  const { details } = call;
  const goal = goalOf(details, AT_SCENE.has(call.at));
  return (
    <section class="tablet-card" aria-label="The call">
      <p class="tablet-card__priority" data-priority={details.priority}>
        P{details.priority} {PRIORITY_WORDS[details.priority]}
      </p>
      <h2>{details.complaint ?? "No details yet"}</h2>
      <Facts details={details} />
      <div class="tablet-card__ways">
        {goal !== null && (
          <a class="tablet-button" href={navigationUrl(goal)} target="_blank" rel="noreferrer">
            <Icon name="arrow" />
            Navigate: {goal.name}
          </a>
        )}
        <Phone number={details.callback_number} words="Call back" />
        <Phone number={details.patient_phone} words="Call the patient" />
        <button class="tablet-button" type="button" onClick={() => setChoosing(true)}>
          <Icon name="building" />
          Destination
        </button>
      </div>
      {choosing && !covered && <Destination tablet={tablet} onClose={() => setChoosing(false)} />}
    </section>
  );
}

function Phone({ number, words }: { number: string | undefined; words: string }): JSX.Element | null {
  if (number === undefined) return null;
  return (
    <a class="tablet-button" href={`tel:${number.replaceAll(/[^+\d]/g, "")}`}>
      <Icon name="phone" />
      {words}
    </a>
  );
}

function Facts({ details }: { details: Details }): JSX.Element {
  const { latitude, longitude } = details;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ["Where", details.location_note],
    ["Place", latitude === undefined || longitude === undefined ? "not on the map" : coordinates(latitude, longitude)],
    ["Patient", patientLine(details)],
    ["Caller", details.caller],
    ["Call back", details.callback_number],
    ["Notes", details.notes],
    ["To", details.destination],
  ];
  return (
    <dl class="tablet-facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
