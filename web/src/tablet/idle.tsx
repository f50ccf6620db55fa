/** Between two calls: on duty or not, and what was done in this shift. */

import type { JSX } from "preact";
import type { Crew } from "./crew-state.ts";
import type { Tablet } from "./tablet-store.ts";
import { clockOf } from "./words.ts";

export function Idle({ tablet, crew }: { tablet: Tablet; crew: Crew }): JSX.Element {
  const onDuty = crew.duty === "available";
  return (
    <section class="tablet-idle" aria-label="Duty">
      <p class={`tablet-idle__state tablet-idle__state--${onDuty ? "on" : "off"}`}>{onDuty ? "Available" : "Out of service"}</p>
      <p>{onDuty ? "Calls come here by themselves. Keep this page open and the screen on." : "You get no calls until you are on duty."}</p>
      <button
        class={`tablet-button${onDuty ? "" : " tablet-button--next"}`}
        type="button"
        onClick={() => tablet.setDuty(onDuty ? "out_of_service" : "available")}
      >
        {onDuty ? "Go off duty" : "Go on duty"}
      </button>
      {crew.done.length > 0 && (
        <div class="tablet-done">
          <h2>
            {crew.done.length} {crew.done.length === 1 ? "call" : "calls"} so far
          </h2>
          <ul>
            {crew.done.map(({ assignment, priority, words, atMs }) => (
              <li key={assignment}>
                <time>{clockOf(atMs)}</time> P{priority} · {words}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
