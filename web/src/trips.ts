/** What an ambulance did, one after another: trips and the stops between them. */

import { Problem } from "./api.ts";
import type { Span } from "./track-spans.ts";

type Place = readonly [latitude: number, longitude: number];

/** Seconds, metres, m/s. */
export interface Trip extends Span {
  readonly kind: "trip" | "stop";
  readonly durationS: number;
  readonly distanceM: number;
  readonly speedMax: number | null;
  readonly speedMean: number | null;
  readonly start: Place;
  readonly end: Place;
}

export type ReadTrips = (id: number, span: Span, signal: AbortSignal) => Promise<Trip[]>;

export interface Report {
  readonly span: Span;
  readonly items: readonly Trip[];
}

export interface Totals {
  readonly trips: number;
  readonly stops: number;
  readonly distanceM: number;
  readonly drivingS: number;
  readonly standingS: number;
}

/** Reports kept, so that going back and forth between ambulances reads nothing twice. */
const KEPT = 16;

export function totalsOf(items: readonly Trip[]): Totals {
  const sum = (kind: Trip["kind"], value: (trip: Trip) => number): number =>
    items.reduce((total, item) => total + (item.kind === kind ? value(item) : 0), 0);
  return {
    trips: sum("trip", () => 1),
    stops: sum("stop", () => 1),
    distanceM: sum("trip", (trip) => trip.distanceM),
    drivingS: sum("trip", (trip) => trip.durationS),
    standingS: sum("stop", (stop) => stop.durationS),
  };
}

/** Reports by ambulance and chosen range; a rolling range keeps the report of when it was read, until it is renewed. */
export class TripReports {
  private readonly reports = new Map<string, Report>();

  constructor(private readonly read: ReadTrips) {}

  find(key: string): Report | null {
    return this.reports.get(key) ?? null;
  }

  /** Rejects with `Problem`; answers null when it was given up. */
  async renew(key: string, id: number, span: Span, signal: AbortSignal): Promise<Report | null> {
    try {
      const report = { span, items: await this.read(id, span, signal) };
      this.reports.delete(key);
      this.reports.set(key, report);
      const [oldest] = this.reports.keys();
      if (this.reports.size > KEPT && oldest !== undefined) this.reports.delete(oldest);
      return report;
    } catch (error) {
      if (signal.aborted && error instanceof Problem) return null;
      throw error;
    }
  }
}
