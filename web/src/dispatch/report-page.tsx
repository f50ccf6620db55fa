/** What a shift has done: how long each part of the calls took, how many were late, and every call as a file. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { TIME_ZONE } from "../format.ts";
import { Icon } from "../icons.tsx";
import { withQuery } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useRecord } from "../shared/use-record.ts";
import { Card, Page } from "../shell/page.tsx";
import { fromLocalSeconds, toLocalSeconds } from "./edits.ts";
import { MomentField } from "./moment-field.tsx";
import { PriorityMark } from "./marks.tsx";
import { sayInterval, SPANS, spanOf } from "./report-words.ts";
import type { Interval, PriorityReport, ShiftReport } from "./report-words.ts";
import { stopwatch } from "./timers.ts";

export function ReportPage(): JSX.Element {
  const [span, setSpan] = useState(() => spanOf("shift", Date.now()));
  const query = { ...span, time_zone: TIME_ZONE };
  const { row: report, problem, reload } = useRecord<ShiftReport>(withQuery("/dispatch/report", query));
  const csv = withQuery("/api/v1/dispatch/report.csv", query);
  return (
    <Page
      title="Shift report"
      lead={`Calls that came in the time chosen. Times are of ${TIME_ZONE}.`}
      back={{ href: "/dispatch", label: "Dispatch" }}
      actions={
        <>
          <a class="button" href={csv} download>
            <Icon name="download" />
            CSV, a line a call
          </a>
          <button class="button" type="button" onClick={() => print()}>
            <Icon name="print" />
            Print
          </button>
        </>
      }
    >
      <SpanChoice span={span} onSpan={setSpan} />
      {problem !== null && <Failure error={problem} onRetry={reload} />}
      {problem === null && report === null && <p class="quiet">Counting…</p>}
      {report !== null && <Report report={report} />}
    </Page>
  );
}

interface Span {
  readonly since: string;
  readonly until: string;
}

function SpanChoice({ span, onSpan }: { span: Span; onSpan: (span: Span) => void }): JSX.Element {
  const put = (name: keyof Span) => (text: string): void => {
    const at = fromLocalSeconds(text);
    if (at !== null) onSpan({ ...span, [name]: at });
  };
  return (
    <div class="report-span" role="group" aria-label="Time">
      <div class="report-span__usual">
        {SPANS.map(({ name, label }) => (
          <button key={name} class="button button--small" type="button" onClick={() => onSpan(spanOf(name, Date.now()))}>
            {label}
          </button>
        ))}
      </div>
      <MomentField label="From" value={toLocalSeconds(span.since)} onValue={put("since")} />
      <MomentField label="To" value={toLocalSeconds(span.until)} onValue={put("until")} />
    </div>
  );
}

function Report({ report }: { report: ShiftReport }): JSX.Element {
  const calls = report.priorities.reduce((sum, { received }) => sum + received, 0);
  if (calls === 0) {
    return (
      <div class="empty empty--page">
        <h2>No calls in this time</h2>
        <p>Choose another time above.</p>
      </div>
    );
  }
  return (
    <>
      <Card title="Calls">
        <Counts priorities={report.priorities} />
      </Card>
      <Card title="How long it took">
        <Intervals report={report} />
      </Card>
    </>
  );
}

function Counts({ priorities }: { priorities: readonly PriorityReport[] }): JSX.Element {
  const percent = (share: number | null): string => (share === null ? "–" : `${Math.round(share * 100)} %`);
  return (
    <div class="report-scroll">
      <table class="report-table">
        <thead>
          <tr>
            {["Priority", "Calls", "Done", "Cancelled", "Duplicates", "Open", "Nobody taken", "Skipped stages", "From paper", "Target", "Late"].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {priorities.map((one) => (
            <tr key={one.priority} data-priority={one.priority}>
              <th scope="row">
                <PriorityMark priority={one.priority} />
              </th>
              {[one.received, one.completed, one.cancelled, one.duplicates, one.still_open, one.without_transport].map((count, place) => (
                <td key={place}>{count}</td>
              ))}
              <td>{one.with_skipped_stages}</td>
              <td>{one.from_paper}</td>
              <td>{stopwatch(one.target_s)}</td>
              <td class={one.late > 0 ? "report-table__late" : ""}>
                {one.late} ({percent(one.late_share)})
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Intervals({ report }: { report: ShiftReport }): JSX.Element {
  const rows = [
    ...report.intervals.map((interval) => ({ priority: null, interval })),
    ...report.priorities.flatMap(({ priority, intervals }) => intervals.map((interval) => ({ priority, interval }))),
  ];
  return (
    <div class="report-scroll">
      <table class="report-table" data-of="intervals">
        <thead>
          <tr>
            {["", "Interval", "Calls", "Half within", "9 of 10 within", "Mean"].map((name) => (
              <th key={name} scope="col">
                {name === "" ? <span class="visually-hidden">Priority</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ priority, interval }, place) => (
            <IntervalRow key={place} priority={priority} interval={interval} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function IntervalRow({ priority, interval }: { priority: number | null; interval: Interval }): JSX.Element {
  return (
    <tr data-interval={interval.name} data-priority={priority ?? "all"}>
      <td>{priority === null ? "All" : <PriorityMark priority={priority} />}</td>
      <th scope="row" title={interval.about}>
        {sayInterval(interval.name)}
      </th>
      <td>{interval.n}</td>
      <td data-of="p50">{stopwatch(interval.p50_s)}</td>
      <td data-of="p90">{stopwatch(interval.p90_s)}</td>
      <td>{stopwatch(interval.mean_s)}</td>
    </tr>
  );
}
