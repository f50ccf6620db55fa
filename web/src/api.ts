/** The hub's HTTP interface as these pages use it. */

import { Observable } from "./shared/observable.ts";

/** A refusal as application/problem+json tells it; `status` 0 when the hub could not be reached. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly retryAfterS: number | null,
    /** The field of the request that was no good, where there is one. */
    readonly field: string,
  ) {
    super(detail || title);
  }
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly duty: string | null;
}

export interface SignedIn {
  readonly user: User;
  readonly session: { readonly id: string; readonly expires_at: string };
}

export interface MapSettings {
  readonly tile_url: string | null;
  readonly attribution: string | null;
  readonly center: readonly [number, number] | null;
  readonly zoom: number | null;
  readonly roads_url: string | null;
}

const BASE = "/api/v1";
const TIMEOUT_MS = 15_000;

async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get("Retry-After") ?? "");
  const retryAfterS = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null;
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // a proxy's own error page: the status has to do
  }
  const text = (field: string): string => (typeof body[field] === "string" ? body[field] : "");
  return new Problem(response.status, text("code"), text("title"), text("detail"), retryAfterS, text("field"));
}

/** How long to wait for an answer, who may end the wait sooner, and what else the hub is told. */
export interface Patience {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

function endOf({ timeoutMs = TIMEOUT_MS, signal }: Patience): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  if (signal === undefined) return timeout;
  const either = new AbortController(); // AbortSignal.any is younger than the browsers we serve
  if (signal.aborted) either.abort();
  for (const one of [timeout, signal]) one.addEventListener("abort", () => either.abort(), { once: true });
  return either.signal;
}

function unreachable(): Problem {
  return new Problem(0, "unreachable", "The hub cannot be reached.", "", null, "");
}

/** What an answer says beside its body. */
export interface Answer<T> {
  /** The parsed body, or null where there is none. */
  readonly body: T;
  /** The version that was read, for If-Match; null where the hub names none. */
  readonly etag: string | null;
  readonly location: string | null;
}

/** A 401 to a POST of these says that what was typed is wrong, not that the session has ended. */
const MAY_REFUSE = /^\/(sessions|activations|registrations|password_resets|totp|users\/[^/]+\/password)\b/;

const endings = new Set<() => void>();

/** Call `listener` when the hub says that nobody is signed in here any more; the returned function ends that. */
export function onSessionEnd(listener: () => void): () => void {
  endings.add(listener);
  return () => endings.delete(listener);
}

/** Send one request. Throws `Problem`, also when it was ended early. */
export async function exchange<T>(
  method: string,
  path: string,
  body?: object,
  patience: Patience = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json", ...patience.headers };
  if (method !== "GET") headers["X-Hub-CSRF"] = "1";
  if (body !== undefined) headers["Content-Type"] ??= "application/json";
  const init: RequestInit = {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    signal: endOf(patience),
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(path.startsWith("/api/") ? path : BASE + path, init);
  } catch {
    throw unreachable();
  }
  if (!response.ok) {
    if (response.status === 401 && !(method === "POST" && MAY_REFUSE.test(path))) {
      for (const listener of endings) listener();
    }
    throw await problemOf(response);
  }
  try {
    const text = await response.text(); // none in a 202 or 204
    const parsed = (text === "" ? null : JSON.parse(text)) as T;
    return { body: parsed, etag: response.headers.get("ETag"), location: response.headers.get("Location") };
  } catch {
    throw unreachable(); // it broke off in the middle of the answer
  }
}

/** Send one request; answers the parsed body, or null where there is none. Throws `Problem`, also when it was ended early. */
export async function call<T>(method: string, path: string, body?: object, patience: Patience = {}): Promise<T> {
  return (await exchange<T>(method, path, body, patience)).body;
}

/** When the session ends, as the hub said it last (ISO 8601); null before anybody is in. */
export const sessionEnds = new Observable<string | null>(null);

function noted(signedIn: SignedIn): SignedIn {
  sessionEnds.set(signedIn.session.expires_at);
  return signedIn;
}

/** Sign in; `code` is the second factor, for accounts and workstations that need one. */
export const signIn = async (email: string, password: string, code?: string): Promise<SignedIn> => {
  const second = code === undefined ? {} : { code };
  return noted(await call<SignedIn>("POST", "/sessions", { email, password, client: "web", ...second }));
};

/** Set the password of the account that an activation link belongs to. */
export const activate = (token: string, password: string): Promise<null> =>
  call<null>("POST", "/activations", { token, password });

export const currentSession = async (): Promise<SignedIn> => noted(await call<SignedIn>("GET", "/sessions/current"));

export const signOut = (): Promise<null> => call<null>("DELETE", "/sessions/current");

/** Settled, unless the session is being renewed at this moment. */
let renewal: Promise<unknown> = Promise.resolve();

/** Keep live connections from asking for tickets until `done` is settled: the old session is over, the new one is coming. */
export function whileRenewing<T>(done: Promise<T>): Promise<T> {
  renewal = done.catch(() => undefined);
  return done;
}

export const liveTicket = async (): Promise<string> => {
  await renewal;
  return (await call<{ ticket: string }>("POST", "/ws-tickets", { purpose: "live" })).ticket;
};

export const mapSettings = (): Promise<MapSettings> => call<MapSettings>("GET", "/map");
