/** Reading and writing records: versions, pages and keys against doing a thing twice. */

import { call, exchange } from "../api.ts";
import type { Answer } from "../api.ts";

export type { Answer } from "../api.ts";

/** A record as the hub shows it to the person who is signed in; what they may not read is absent. */
export type Row = { readonly id: string | number } & Readonly<Record<string, unknown>>;

export interface ListPage<R> {
  readonly items: readonly R[];
  readonly next_cursor: string | null;
  /** Only where it was asked for. */
  readonly total?: number;
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `path` with those parameters of `query` that say something. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "" && value !== false) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

const patient = (signal?: AbortSignal): { signal?: AbortSignal } => (signal === undefined ? {} : { signal });

export function readPage<R>(path: string, query: Query, signal?: AbortSignal): Promise<ListPage<R>> {
  return call<ListPage<R>>("GET", withQuery(path, query), undefined, patient(signal));
}

export function readOne<R>(path: string, signal?: AbortSignal): Promise<Answer<R>> {
  return exchange<R>("GET", path, undefined, patient(signal));
}

/** A key for one deed: the same key again is the same deed, however often it is sent. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Make a record, or have a thing done; sent twice with one `key` it is done once. */
export function create<R>(path: string, body: object, key: string = newKey()): Promise<Answer<R>> {
  return exchange<R>("POST", path, body, { headers: { "Idempotency-Key": key } });
}

/** Change what `patch` names; with an `etag`, only if nobody else has changed the record since it was read. */
export function change<R>(path: string, patch: object, etag: string | null): Promise<Answer<R>> {
  const match: Record<string, string> = etag === null ? {} : { "If-Match": etag };
  return exchange<R>("PATCH", path, patch, { headers: { "Content-Type": "application/merge-patch+json", ...match } });
}

export async function remove(path: string, etag: string | null = null): Promise<void> {
  await exchange<null>("DELETE", path, undefined, etag === null ? {} : { headers: { "If-Match": etag } });
}
