/** Whether what is on the screen is now, and if not, from when it is. */

import type { Connection, Phase } from "@arogya/client";
import type { JSX } from "preact";
import type { FleetStore } from "./fleet-store.ts";
import { age } from "./format.ts";
import { useConnection, useFleet } from "./hooks.ts";
import { Icon } from "./icons.tsx";

/** Tell a short interruption from one that people have to act on. */
const LONG_MS = 300_000;
const TOO_MANY = 4505;
const OTHER_VERSION = 4506;

/** For screen readers, said once a phase; the seconds beside it would never stop talking. */
const STATUS: Partial<Record<Phase, string>> = { idle: "", live: "Live", refused: "No access" };

export function headline(connection: Connection, nowMs: number, pictureAtMs: number | null): string {
  if (connection.phase === "live") return "Live";
  if (connection.phase === "refused") return "No access";
  if (connection.phase === "waiting" && connection.retryAtMs !== null) {
    return `Reconnecting in ${Math.max(1, Math.ceil((connection.retryAtMs - nowMs) / 1000))} s`;
  }
  return pictureAtMs === null ? "Connecting…" : "Reconnecting…";
}

/** Why it is not live, when there is more to say than that the connection is gone. */
export function reason(connection: Connection, downMs: number): string | null {
  if (connection.closeCode === TOO_MANY) return "Too many windows of this account are open: close one of them.";
  if (connection.closeCode === OTHER_VERSION) return "The hub has been updated: reload this page.";
  return downMs >= LONG_MS ? "The hub has been away for long: use the radio." : null;
}

export function ConnectionPill({ store }: { store: FleetStore }): JSX.Element {
  useFleet(store, 500);
  const connection = useConnection(store);
  const pictureAt = store.live.pictureAtMs;
  return (
    <span class={`pill pill--${connection.phase === "live" ? "live" : "lost"}`} data-phase={connection.phase}>
      <span class="pill__dot" aria-hidden="true" />
      <span role="status" class="visually-hidden">
        {STATUS[connection.phase] ?? "Connection lost, reconnecting"}
      </span>
      <span aria-hidden="true">{headline(connection, Date.now(), pictureAt)}</span>
    </span>
  );
}

/** Across the map while it is not live: the picture stays, and says how old it is. */
export function ConnectionBanner({ store }: { store: FleetStore }): JSX.Element | null {
  useFleet(store, 500);
  const connection = useConnection(store);
  const pictureAt = store.live.pictureAtMs;
  // a first retry that works at once is not worth a flash
  if (connection.phase !== "waiting" && connection.phase !== "connecting") return null;
  if (pictureAt === null && connection.attempt === 0) return null;
  const downMs = pictureAt === null ? 0 : Date.now() - pictureAt;
  return (
    <div class="banner">
      <Icon name="warning" />
      <span class="banner__text">
        <strong>{pictureAt === null ? "No picture yet" : `Last picture from ${age(downMs / 1000)} ago`}</strong>
        <span>{reason(connection, downMs) ?? headline(connection, Date.now(), pictureAt)}</span>
      </span>
      {connection.phase === "waiting" && (
        <button class="button button--small" type="button" onClick={() => store.live.retryNow()}>
          Try now
        </button>
      )}
    </div>
  );
}
