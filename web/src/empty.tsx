/** What stands in the list's place when it has nothing to show. */

import type { JSX } from "preact";

export interface EmptyFleetProps {
  readonly loading: boolean;
  /** The hub was asked for what the map shows alone. */
  readonly partial: boolean;
  readonly onWhole: () => void;
}

export function EmptyFleet({ loading, partial, onWhole }: EmptyFleetProps): JSX.Element {
  if (loading) return <div class="empty">Waiting for the first picture…</div>;
  if (partial) {
    return (
      <div class="empty">
        <h2>No ambulance here</h2>
        <p>The map shows a part of the world without one, and nothing else was asked of the hub.</p>
        <button class="button button--small" type="button" onClick={onWhole}>
          Whole fleet
        </button>
      </div>
    );
  }
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
