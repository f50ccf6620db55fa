/** What is said of a connection. */

import type { Connection } from "@arogya/client";
import type { Currency } from "./currency.ts";
import { age } from "./format.ts";

/** Tell a short interruption from one that people have to act on. */
const LONG_MS = 300_000;
const TOO_MANY = 4505;
const OTHER_VERSION = 4506;

export function headline(connection: Connection, currency: Currency, nowMs: number, pictureAtMs: number | null): string {
  if (currency === "quiet") return `Silent for ${age((nowMs - (pictureAtMs ?? nowMs)) / 1000)}`;
  if (connection.phase === "live") return "Live";
  if (connection.phase === "refused") return "No access";
  if (connection.phase === "signed_out") return "Signed out";
  if (connection.phase === "waiting" && connection.retryAtMs !== null) {
    return `Reconnecting in ${Math.max(1, Math.ceil((connection.retryAtMs - nowMs) / 1000))} s`;
  }
  return pictureAtMs === null ? "Connecting…" : "Reconnecting…";
}

/** Why it is not live, when there is more to say than that the connection is gone. */
export function reason(connection: Connection, currency: Currency, downMs: number): string | null {
  if (connection.phase === "signed_out") return "Your session has ended: sign in again to go on.";
  if (connection.closeCode === TOO_MANY) return "Too many windows of this account are open: close one of them.";
  if (connection.closeCode === OTHER_VERSION) return "The hub has been updated: reload this page.";
  if (downMs >= LONG_MS) return "The hub has been away for long: use the radio.";
  return currency === "quiet" ? "Nothing comes back: the hub or the network hangs." : null;
}

/** Said to screen readers once a change; seconds would never stop talking. */
export function announcement(connection: Connection, currency: Currency): string {
  if (connection.phase === "refused") return "No access";
  if (connection.phase === "signed_out") return ""; // the dialog that opens then says what is to be done
  if (connection.phase === "idle") return "";
  if (currency === "current") return "Live";
  return currency === "quiet" ? "The hub is silent" : "Connection lost, reconnecting";
}

/** A delay as people read it: `140 ms`, `1.2 s`. */
export function delay(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
