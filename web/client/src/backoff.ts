/** When to try again: soon at first, spread out so that a thousand clients do not return at once (docs/protocol.md). */

/** How a connection, or the attempt at one, ended. */
export interface Ending {
  /** Of the WebSocket; 0 when it never opened or was given up. */
  readonly closeCode: number;
  /** The credential, or this client, was refused over HTTP: trying again at once cannot help. */
  readonly refused?: boolean;
  /** What the hub asked for, where it did. */
  readonly retryAfterMs?: number;
}

/** The network, or a hub that says nothing. */
export const LOST: Ending = { closeCode: 0 };

const BASE_MS = 250;
const CAP_MS = 20_000;
const STAY_AWAY_MS = 300_000;
/** After an announced restart everybody comes back, but not together. */
const SPREAD_MS = 3_000;

/** RFC 6455 errors that are this client's own mistake. */
const OWN_MISTAKES = new Set([1002, 1003, 1007, 1009]);
/** RFC 6455 "going away"; IANA registry "service restart". */
const RESTARTS = new Set([1001, 1012]);

/** Whether the hub refuses this client, not this moment. */
export function staysAway({ closeCode, refused = false }: Ending): boolean {
  return refused || OWN_MISTAKES.has(closeCode) || (closeCode >= 4500 && closeCode <= 4999);
}

/** Milliseconds until the attempt after `failures` endings in a row, this one included; `random` in [0, 1). */
export function delayMs(failures: number, ending: Ending, random: number): number {
  const asked = ending.retryAfterMs ?? 0;
  if (staysAway(ending)) return Math.max(asked, STAY_AWAY_MS * (1 + random / 10));
  if (RESTARTS.has(ending.closeCode) && failures === 1) return asked + SPREAD_MS * random;
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures - 1, 10));
  return asked + (ceiling / 2) * (1 + random);
}
