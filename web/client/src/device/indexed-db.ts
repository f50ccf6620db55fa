/** A spool in the browser's database: survives reloads, crashes and restarts of the browser. */

import type { WireFix } from "./fix.ts";
import type { Found } from "./link.ts";
import { appended, drawLogId, NEW_LOG, renewed, SpoolError } from "./spool.ts";
import type { Append, KeptReport, Log, Spool } from "./spool.ts";
import type { Run } from "./window.ts";

const FORMAT = 2;
const SAMPLES = "samples";
const LOG = "log";
/** Since format 2. */
const REPORTS = "reports";
/** The one record of the store `log`. */
const KEY = "log";
/** Samples that are renumbered at a time. */
const RENEW_ROWS = 1_000;
/** When the browser grants no more room, so much of the oldest leaves at once. */
const SHED_PART = 0.1;

export interface IndexedDbOptions {
  /** One name for each device on this origin. */
  readonly name?: string;
  /** Above it the oldest samples are dropped and the hub is told; 500,000 are almost 6 days at 1 Hz, about 100 MB. */
  readonly rowsMax?: number;
  /** Wait for the disk at each append, so that not even a loss of power costs a stored sample; costs battery. */
  readonly powerSafe?: boolean;
}

type Task<T> = (samples: IDBObjectStore, logs: IDBObjectStore, reports: IDBObjectStore) => Promise<T>;

interface Sample {
  readonly seq: number;
  readonly fix: WireFix;
}

/**
 * Only one page uses a spool at a time, held by a Web Lock: pages have that on https and localhost. A sample gets its
 * number in the transaction that stores it, so a number never names two samples, whatever crashes. When the browser's data
 * is cleared, the next `open` begins a new log.
 */
export class IndexedDbSpool implements Spool {
  private readonly name: string;
  private readonly rowsMax: number;
  private readonly durability: IDBTransactionDurability;
  private db: IDBDatabase | null = null;
  private release: () => void = () => undefined;

  constructor({ name = "arogya-spool", rowsMax = 500_000, powerSafe = false }: IndexedDbOptions = {}) {
    this.name = name;
    this.rowsMax = rowsMax;
    this.durability = powerSafe ? "strict" : "relaxed";
  }

  async open(onBusy: () => void, signal: AbortSignal): Promise<Log> {
    await this.lock(onBusy, signal);
    // A hint to keep this origin's data when the disk runs full; the answer changes nothing that could be done here.
    void navigator.storage?.persist?.().catch(() => false);
    const db = await this.openDatabase();
    this.db = db;
    db.onversionchange = () => db.close();
    return this.within("readwrite", async (samples, logs) => {
      const stored = (await done(logs.get(KEY))) as Log | undefined;
      const newest = (await done(samples.openKeyCursor(null, "prev")))?.key as number | undefined;
      const oldest = (await done(samples.openKeyCursor()))?.key as number | undefined;
      const log = stored ?? { logId: drawLogId(), ...NEW_LOG };
      // The numbers of samples that are gone stay taken; those of samples that are there, too.
      const last = Math.max(log.last, newest ?? 0);
      const found = { ...log, first: oldest ?? last + 1, last };
      logs.put(found, KEY);
      return found;
    });
  }

  async append(append: Append): Promise<Log> {
    try {
      return await this.write(append, this.rowsMax);
    } catch (error) {
      if (!isFull(error)) throw error;
    }
    // The browser gives no more room: the oldest leave, and what is new is worth more than they are.
    const log = await this.within("readonly", (_, logs) => done(logs.get(KEY) as IDBRequest<Log>));
    const rows = log.last - log.first + 1;
    await this.write({ ...append, fixes: [] }, Math.floor(rows * (1 - SHED_PART)));
    return this.write(append, this.rowsMax);
  }

  read({ first, samples }: Run): Promise<Found> {
    return this.within("readonly", async (store) => {
      const found = (await done(store.getAll(IDBKeyRange.lowerBound(first), samples))) as Sample[];
      const start = found[0]?.seq ?? first;
      return { first: start, fixes: found.filter(({ seq }, place) => seq === start + place).map(({ fix }) => fix) };
    });
  }

  renew(): Promise<Log> {
    return this.within("readwrite", async (samples, logs) => {
      const log = (await done(logs.get(KEY))) as Log;
      const fresh = renewed(log);
      const shift = log.first - 1;
      // Upwards, so that a number is free before another sample takes it.
      for (let from = log.first; shift > 0 && from <= log.last; from += RENEW_ROWS) {
        const range = IDBKeyRange.bound(from, from + RENEW_ROWS - 1);
        const found = (await done(samples.getAll(range))) as Sample[];
        samples.delete(range);
        for (const { seq, fix } of found) samples.put({ seq: seq - shift, fix });
      }
      logs.put(fresh, KEY);
      return fresh;
    });
  }

  keepReport(kept: KeptReport): Promise<void> {
    return this.within("readwrite", async (_samples, _logs, reports) => void (await done(reports.put(kept))));
  }

  forgetReport(number: number): Promise<void> {
    return this.within("readwrite", async (_samples, _logs, reports) => done(reports.delete(number)));
  }

  reports(): Promise<KeptReport[]> {
    return this.within("readonly", async (_samples, _logs, reports) => (await done(reports.getAll())) as KeptReport[]);
  }

  close(): Promise<void> {
    this.db?.close();
    this.db = null;
    this.release();
    return Promise.resolve();
  }

  private write(append: Append, rowsMax: number): Promise<Log> {
    return this.within("readwrite", async (samples, logs) => {
      const before = (await done(logs.get(KEY))) as Log | undefined;
      if (before === undefined) throw new SpoolError("the spool was wiped");
      const log = appended(before, append, rowsMax);
      append.fixes.forEach((fix, place) => samples.put({ seq: before.last + 1 + place, fix }));
      if (log.first > before.first) samples.delete(IDBKeyRange.upperBound(log.first, true));
      logs.put(log, KEY);
      return log;
    });
  }

  /** Run one transaction and wait until it is committed; rejects, with nothing stored, when it is not. */
  private within<T>(mode: IDBTransactionMode, task: Task<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.db === null) return reject(new SpoolError("the spool is not open"));
      const transaction = this.db.transaction([SAMPLES, LOG, REPORTS], mode, { durability: this.durability });
      let result: T;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(spoolError(transaction.error));
      task(transaction.objectStore(SAMPLES), transaction.objectStore(LOG), transaction.objectStore(REPORTS)).then(
        (value) => {
          result = value;
        },
        (error: unknown) => {
          reject(spoolError(error));
          if (transaction.error === null) transaction.abort();
        },
      );
    }).catch((error: unknown) => Promise.reject(spoolError(error))) as Promise<T>;
  }

  private openDatabase(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.name, FORMAT);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        request.result.createObjectStore(SAMPLES, { keyPath: "seq" });
        request.result.createObjectStore(LOG);
      }
      request.result.createObjectStore(REPORTS, { keyPath: "number" });
    };
    return done(request).catch((error: unknown) => Promise.reject(spoolError(error)));
  }

  /** Hold this spool until `close`: two senders on one log would number it twice. */
  private async lock(onBusy: () => void, signal: AbortSignal): Promise<void> {
    if (navigator.locks === undefined) throw new SpoolError("this page has no Web Locks: serve it over https");
    if (await this.request({ ifAvailable: true })) return;
    onBusy();
    await this.request({ signal });
  }

  /** Ask for the lock; answers whether it is held now. */
  private request(options: LockOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(this.name, options, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : new Promise<void>((release) => (this.release = release));
        })
        .catch(reject);
    });
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new SpoolError("the database refused"));
  });
}

function isFull(error: unknown): boolean {
  return error instanceof SpoolError && error.cause instanceof DOMException && error.cause.name === "QuotaExceededError";
}

function spoolError(error: unknown): SpoolError {
  return error instanceof SpoolError ? error : new SpoolError(String(error), { cause: error });
}
