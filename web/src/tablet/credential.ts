/** What makes this browser a tablet: the device's secret, kept in this browser alone. */

export interface Credential {
  readonly deviceId: number;
  readonly secret: string;
  readonly plate: string;
}

const NAME = "arogya.tablet";
const CREW = "arogya.tablet.crew";

function isCredential(value: unknown): value is Credential {
  return typeof value === "object" && value !== null && "secret" in value && "deviceId" in value && "plate" in value;
}

export function keptCredential(): Credential | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "null");
    return isCredential(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Keep it, or forget it and all that was known with it. Throws where the browser keeps nothing: it can be no tablet. */
export function keepCredential(credential: Credential | null): void {
  localStorage.removeItem(CREW);
  if (credential === null) localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, JSON.stringify(credential));
}

/** What the crew's calls looked like when the page was left; null for nothing that can be read. */
export function keptCrew(): unknown {
  try {
    return JSON.parse(localStorage.getItem(CREW) ?? "null") as unknown;
  } catch {
    return null;
  }
}

export function keepCrew(crew: object): void {
  localStorage.setItem(CREW, JSON.stringify(crew));
}

/** The claim code in the address of a set-up link, taken out of it: `#claim=…`. */
export function takeClaim(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("claim");
  if (code === null) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return code;
}
