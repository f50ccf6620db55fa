/** Trips and stops of the chosen range, read only when somebody opens them. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api.ts";
import type { FleetStore } from "./fleet-store.ts";
import { Icon } from "./icons.tsx";
import { nowMs } from "./track-hooks.ts";
import { rangeOf } from "./track-range.ts";
import type { Choice } from "./track-range.ts";
import { TrackFailure } from "./track-state.tsx";
import type { Span } from "./track-spans.ts";
import { minute } from "./track-time.ts";
import type { Report, TripReports } from "./trips.ts";
import { TripsList } from "./trips-list.tsx";

export interface TripsSectionProps {
  readonly id: number;
  readonly choice: Choice;
  readonly store: FleetStore;
  readonly reports: TripReports;
  /** The pointer or the focus is on this stretch; null when on none. */
  readonly onPoint: (stretch: Span | null) => void;
  readonly onShow: (stretch: Span) => void;
}

export function TripsSection(props: TripsSectionProps): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <div class="trips">
      <button class="trips__toggle" type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        Trips and stops
        <Icon name="chevron" />
      </button>
      {open && <TripsReport {...props} />}
    </div>
  );
}

function TripsReport({ id, choice, store, reports, onPoint, onShow }: TripsSectionProps): JSX.Element {
  const key = `${id} ${JSON.stringify(choice)}`;
  const { report, problem, reading, renew } = useReport(key, id, choice, store, reports);
  const rolling = rangeOf(choice, nowMs(store)).rolling;
  return (
    <>
      {reading && (
        <div class="loading">
          <progress aria-label="Reading the trips" />
          <span role="status">Reading the trips…</span>
        </div>
      )}
      {problem !== null && <TrackFailure problem={problem} onRetry={renew} />}
      {report !== null && rolling && !reading && (
        <p class="trips__as-of">
          As of {minute(report.span.toMs)}
          <button class="link" type="button" onClick={renew}>
            Bring up to date
          </button>
        </p>
      )}
      {report !== null && <TripsList items={report.items} onPoint={onPoint} onShow={onShow} />}
    </>
  );
}

interface ReportState {
  readonly report: Report | null;
  readonly problem: Problem | null;
  readonly reading: boolean;
  readonly renew: () => void;
}

function useReport(key: string, id: number, choice: Choice, store: FleetStore, reports: TripReports): ReportState {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [reading, setReading] = useState(false);
  const controller = useRef<AbortController | null>(null);
  const renew = (): void => {
    controller.current?.abort();
    const { signal } = (controller.current = new AbortController());
    setProblem(null);
    setReading(true);
    reports.renew(key, id, rangeOf(choice, nowMs(store)), signal).then(
      () => !signal.aborted && setReading(false),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
        setReading(false);
      },
    );
  };
  useEffect(() => {
    if (reports.find(key) === null) renew();
    else setReading(false);
    return () => controller.current?.abort();
  }, [key]);
  return { report: reports.find(key), problem, reading, renew };
}
