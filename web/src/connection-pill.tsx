/** Whether what is on the screen is now, how late it is, and if it is not now, from when it is. */

import type { Connection } from "@arogya/client";
import type { JSX } from "preact";
import { announcement, delay, headline, reason } from "./connection-words.ts";
import { currencyOf, isWorthBanner } from "./currency.ts";
import type { Currency } from "./currency.ts";
import type { FleetStore } from "./fleet-store.ts";
import { age } from "./format.ts";
import { useConnection, useFleet } from "./hooks.ts";
import { Icon } from "./icons.tsx";
import { Popover } from "./popover.tsx";

interface Standing {
  readonly connection: Connection;
  readonly currency: Currency;
  readonly nowMs: number;
  readonly pictureAtMs: number | null;
}

/** How the connection stands, twice a second. */
export function useStanding(store: FleetStore): Standing {
  useFleet(store, 500);
  const connection = useConnection(store);
  const [nowMs, pictureAtMs] = [Date.now(), store.live.pictureAtMs];
  return { connection, currency: currencyOf(connection.phase, pictureAtMs, nowMs), nowMs, pictureAtMs };
}

export function ConnectionPill({ store }: { store: FleetStore }): JSX.Element {
  const { connection, currency, nowMs, pictureAtMs } = useStanding(store);
  const latency = currency === "current" ? store.live.latency() : null;
  const look = currency === "current" ? "live" : currency === "blank" && connection.attempt === 0 ? "new" : "lost";
  return (
    <>
      <span role="status" class="visually-hidden">
        {announcement(connection, currency)}
      </span>
      <Popover
        name="connection"
        label="How live the picture is"
        face={
          <span class={`pill pill--${look}`} data-phase={connection.phase} data-currency={currency}>
            <span class="pill__dot" aria-hidden="true" />
            {headline(connection, currency, nowMs, pictureAtMs)}
            {latency !== null && <span class="pill__delay">{delay(latency.p50Ms)}</span>}
          </span>
        }
      >
        <Lateness store={store} />
      </Popover>
    </>
  );
}

/** What the number in the pill means, and its neighbours. */
function Lateness({ store }: { store: FleetStore }): JSX.Element {
  const latency = store.live.latency();
  return (
    <div class="lateness">
      <h2>How late is what you see?</h2>
      {latency === null ? (
        <p>That is measured while ambulances move; none has moved yet.</p>
      ) : (
        <dl>
          <dt>Usually</dt>
          <dd>{delay(latency.p50Ms)}</dd>
          <dt>19 of 20 within</dt>
          <dd>{delay(latency.p95Ms)}</dd>
          <dt>Hub and back</dt>
          <dd>{delay(latency.roundTripMs)}</dd>
        </dl>
      )}
      <p>
        From the moment at which a tablet took its position until this page had it, by the hub's clock: over the newest 200
        positions that moved. “Hub and back” is a question to the hub and its answer.
      </p>
    </div>
  );
}

/** On the map while its picture is not of now: the picture stays, and says how old it is. */
export function ConnectionBanner({ store }: { store: FleetStore }): JSX.Element | null {
  const { connection, currency, nowMs, pictureAtMs } = useStanding(store);
  const downMs = pictureAtMs === null ? 0 : nowMs - pictureAtMs;
  if (!isWorthBanner(currency, connection.phase, connection.attempt, downMs)) return null;
  const why = reason(connection, currency, downMs);
  return (
    <div class="banner">
      <Icon name="warning" />
      <span class="banner__text">
        <strong>{pictureAtMs === null ? "No picture yet" : `Last picture from ${age(downMs / 1000)} ago`}</strong>
        <span>{why ?? headline(connection, currency, nowMs, pictureAtMs)}</span>
      </span>
      {connection.phase === "waiting" && (
        <button class="button button--small" type="button" onClick={() => store.live.retryNow()}>
          Try now
        </button>
      )}
    </div>
  );
}
