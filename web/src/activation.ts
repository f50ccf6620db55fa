/** What an activation link carries, and what a password has to be: pure, so that it can be tested without a page. */

export interface Invitation {
  readonly token: string;
  /** Whose account it is, where the link says so. */
  readonly email: string | null;
}

export const CHARACTERS_MIN = 12;
export const CHARACTERS_MAX = 128;

const LINK = /^#activate=([^/]*)(?:\/(.*))?$/;

/** Read the fragment of an address, `#activate=TOKEN/EMAIL`; null when it is no activation link. */
export function invitationIn(fragment: string): Invitation | null {
  const [, token, email] = LINK.exec(fragment) ?? [];
  return token === undefined ? null : { token, email: decoded(email ?? "") };
}

/** Undo percent-encoding; null for what was damaged on the way. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text).trim() || null;
  } catch {
    return null;
  }
}

/** Take the invitation out of the address bar: nobody can read it there, bookmark it or go back to it. */
export function takeInvitation(): Invitation | null {
  const invitation = invitationIn(location.hash);
  if (invitation !== null) history.replaceState(null, "", location.pathname + location.search);
  return invitation;
}

/** Count as the hub does: code points in the composed form, so that an é is one character however it was typed. */
export function countCharacters(password: string): number {
  return Array.from(password.normalize("NFC")).length;
}

export type Verdict = "open" | "met" | "broken";

/** Whether the length is right; too short is still open while somebody types. */
export function judgeLength(password: string): Verdict {
  const count = countCharacters(password);
  if (count > CHARACTERS_MAX) return "broken";
  return count < CHARACTERS_MIN ? "open" : "met";
}
