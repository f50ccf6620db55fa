/** What stands in the list's place when it has nothing to show. */

import type { Phase } from "@arogya/client";
import type { JSX } from "preact";

export function EmptyFleet({ phase, loading }: { phase: Phase; loading: boolean }): JSX.Element {
  if (phase === "refused") {
    return (
      <div class="empty">
        <h2>No fleet for this account</h2>
        <p>Dispatchers, their supervisors and platform administrators watch the fleet. Sign in as one of them.</p>
      </div>
    );
  }
  if (loading) return <div class="empty">Waiting for the first picture…</div>;
  return (
    <div class="empty">
      <h2>No ambulances yet</h2>
      <p>Add one with its tablet, on the machine that runs the hub:</p>
      <code>arogya device add --plate KA-01-AB-1234 --new-ambulance</code>
      <p>or look at a simulated city first:</p>
      <code>arogya demo</code>
    </div>
  );
}

export function NothingMatches({ onReset }: { onReset: () => void }): JSX.Element {
  return (
    <div class="empty">
      <h2>No ambulance matches</h2>
      <p>The search or the filters hide all of them.</p>
      <button class="button button--small" type="button" onClick={onReset}>
        Show all
      </button>
    </div>
  );
}
