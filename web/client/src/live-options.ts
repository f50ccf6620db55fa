/** What an application says when it makes a live client. */

import type { Connection } from "./connection.ts";
import type { EventFeed } from "./feed.ts";
import type { Change } from "./fleet.ts";
import type { Filter } from "./protocol.ts";
import type { StateFeed } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

export interface LiveOptions {
  /** The hub's `/ws/live`, ws: or wss:. */
  readonly url: string;
  /** In a browser: draws a new single-use ticket for each connection; rejects with `SignedOut` when the session is over. */
  readonly ticket?: () => Promise<string>;
  /** In Node and apps, instead of `ticket`: the access token; rejects with `SignedOut` when there is none any more. */
  readonly token?: () => Promise<string>;
  /** `fleet`, or one ambulance as `ambulance:7`; null for no picture at all, where the events are what matters. */
  readonly channel?: string | null;
  /** The part of the fleet to begin with; see `setFilter`. */
  readonly filter?: Filter | null;
  /** Channels of events to follow on the same connection. */
  readonly events?: readonly EventFeed[];
  /** Channels of states to follow on the same connection; `follow` and `leave` change that. */
  readonly states?: readonly StateFeed[];
  readonly onChange?: (change: Change) => void;
  readonly onConnection?: (connection: Connection) => void;
  /** The hub does not take a filter; the picture goes back to the one before. */
  readonly onFilterRefused?: (detail: string) => void;
  /** Another place than a browser or Node: `{ ...here, open: … }`. */
  readonly surroundings?: Surroundings;
}
