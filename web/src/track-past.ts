/** The past of every ambulance that was looked at in this visit: kept here, so that nothing is read twice. */

import { readTrack, readTrips } from "./history-api.ts";
import { TrackHistory } from "./track-history.ts";
import { TripReports } from "./trips.ts";

/** Histories kept, the one looked at last the longest. */
const KEPT = 16;

export class Past {
  private readonly histories = new Map<number, TrackHistory>();
  readonly reports = new TripReports((id, span, signal) => readTrips(id, span.fromMs, span.toMs, signal));
  /** Called with each change of what is known of any ambulance. */
  onChange: () => void = () => undefined;

  history(id: number): TrackHistory {
    const known = this.histories.get(id);
    const history =
      known ??
      new TrackHistory(
        ({ fromMs, toMs }, points, signal) => readTrack(id, fromMs, toMs, points, signal),
        () => this.onChange(),
      );
    this.histories.delete(id);
    this.histories.set(id, history);
    const [oldest] = this.histories.keys();
    if (this.histories.size > KEPT && oldest !== undefined) this.histories.delete(oldest);
    return history;
  }
}
