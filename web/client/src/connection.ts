/** What a page may say about its connection. */

/**
 * idle → connecting → live → waiting → connecting → …
 * `signed_out`: the credential is over; `refused`: this account may not watch the channel; `stopped`: stop() was called.
 * In these three nothing is tried any more.
 */
export type Phase = "idle" | "connecting" | "live" | "waiting" | "signed_out" | "refused" | "stopped";

export interface Connection {
  readonly phase: Phase;
  /** Failed tries since the picture was last live. */
  readonly attempt: number;
  /** When the next try is due (local ms), while waiting. */
  readonly retryAtMs: number | null;
  /** The close code that ended the last connection; 0 if there was none. */
  readonly closeCode: number;
}

export const IDLE: Connection = { phase: "idle", attempt: 0, retryAtMs: null, closeCode: 0 };

/** Thrown by a ticket source when the session is over: the client stops trying. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";
}
