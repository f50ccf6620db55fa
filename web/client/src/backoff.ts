/** When to try again: soon at first, spread out so that a thousand viewers do not return at once. */

/** Close codes of this range mean: stay away (docs/protocol.md). */
const STAY_AWAY_FIRST = 4500;
const STAY_AWAY_LAST = 4999;
const STAY_AWAY_MS = 300_000;
const BASE_MS = 400;
const CAP_MS = 15_000;

/** Refusals of the credential: a new ticket answers them, or the session is over. */
const CREDENTIAL = new Set([4500, 4504]);

export function staysAway(closeCode: number): boolean {
  return closeCode >= STAY_AWAY_FIRST && closeCode <= STAY_AWAY_LAST && !CREDENTIAL.has(closeCode);
}

/**
 * Milliseconds until attempt number `attempt` (1 is the first after a loss); `random` in [0, 1).
 * Half fixed and half random ("equal jitter", AWS Architecture Blog 2015), doubling up to 15 s.
 */
export function delayMs(attempt: number, closeCode: number, random: number): number {
  if (staysAway(closeCode)) return STAY_AWAY_MS * (1 + random / 10);
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt - 1, 10));
  return ceiling / 2 + (random * ceiling) / 2;
}
