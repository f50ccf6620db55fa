/** Tickets: how a browser, which cannot put a token on a WebSocket, shows who it is. */

import { LOST } from "./backoff.ts";
import type { Ending } from "./backoff.ts";

/** The hub refused over HTTP; 401 and 403 mean that trying again at once cannot help. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";

  constructor(
    readonly status: number,
    readonly retryAfterMs: number,
  ) {
    super(`the hub answered ${status}`);
  }
}

/** What it means for a connection that its ticket or token could not be had. */
export function endingOf(error: unknown): Ending {
  if (!(error instanceof HttpRefusal)) return LOST;
  const refused = error.status === 401 || error.status === 403;
  return { closeCode: 0, refused, retryAfterMs: error.retryAfterMs };
}

const TIMEOUT_MS = 10_000;

/**
 * Draws device tickets from the hub at `hub` (https://…, whose page this is or which allows its origin) with the device's
 * secret; give it to `DeviceClient` as `ticket`.
 */
export function deviceTickets(hub: string, secret: string | (() => Promise<string>)): () => Promise<string> {
  return async () => {
    const response = await fetch(new URL("/api/v1/ws-tickets", hub), {
      method: "POST",
      headers: { Authorization: `Bearer ${typeof secret === "string" ? secret : await secret()}`, "Content-Type": "application/json" },
      body: '{"purpose":"device"}',
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new HttpRefusal(response.status, 1000 * (Number(response.headers.get("Retry-After")) || 0));
    return ((await response.json()) as { ticket: string }).ticket;
  };
}
