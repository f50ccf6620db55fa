/** What a page may say about its connection. */

/**
 * idle → connecting → live → waiting → connecting → …
 * `signed_out`: the credential is over, nothing is tried any more; `stopped`: stop() was called.
 */
export type Phase = "idle" | "connecting" | "live" | "waiting" | "signed_out" | "stopped";

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
