/** What stands in the list's place when it has nothing to show. */

import type { JSX } from "preact";

export function EmptyFleet({ loading }: { loading: boolean }): JSX.Element {
  if (loading) return <div class="empty">Waiting for the first picture…</div>;
  return (
    <div class="empty">
      <h2>No ambulances yet</h2>
      <p>Add one with its tablet, on the machine that runs the hub:</p>
      <code>arogya device add --plate KA-01-1234</code>
      <p>or fill the map with a simulated city:</p>
      <code>arogya simulate</code>
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
