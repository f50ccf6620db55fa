/** Calling an ambulance: for oneself, or at a desk for somebody else. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Icon } from "../icons.tsx";
import { EmptyState } from "../shared/data-table.tsx";
import { useMay } from "../shared/rights.ts";
import { sayMoment } from "../shared/words.ts";
import { Card, Page } from "../shell/page.tsx";
import { readCalls } from "./calls-api.ts";
import type { OwnRequest } from "./calls-api.ts";
import { CallForm } from "./call-form.tsx";
import { isOpen, stepOf } from "./steps.ts";

const EMERGENCY = "112";

export function CallPage(): JSX.Element {
  const may = useMay();
  const own = may.has("PT");
  const [calls, setCalls] = useState<readonly OwnRequest[] | null>(null);
  const read = (): void => {
    readCalls().then(setCalls, (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      setCalls([]); // calling comes first: the list is not needed for it
    });
  };
  useEffect(() => {
    if (own) read();
  }, [own]);
  const open = calls?.find(({ status }) => isOpen(status));
  return (
    <Page
      title={own ? "Call an ambulance" : "Call an ambulance for somebody"}
      lead={
        <>
          If somebody’s life is in danger and this page is slow, call <a href={`tel:${EMERGENCY}`}>{EMERGENCY}</a> too.
        </>
      }
    >
      {open !== undefined && (
        <a class="open-call" href={`/requests/${open.id}`}>
          <Icon name="ambulance" />
          <span class="two-lines">
            <b>{stepOf(open.status).title}</b>
            <small>You called at {sayMoment(open.requested_at)}. Follow it here.</small>
          </span>
        </a>
      )}
      <CallForm own={own} again={open !== undefined} onCalled={own ? read : () => undefined} />
      {own && (
        <Card title="My calls">
          {calls === null ? <p>Reading…</p> : <MyCalls calls={calls} />}
        </Card>
      )}
    </Page>
  );
}

function MyCalls({ calls }: { calls: readonly OwnRequest[] }): JSX.Element {
  if (calls.length === 0) return <EmptyState title="No calls yet" text="Calls that you make are listed here, with what became of them." />;
  return (
    <ul class="my-calls">
      {calls.map(({ id, status, requested_at, ambulance }) => (
        <li key={id}>
          <a href={`/requests/${id}`}>
            <span class="two-lines">
              <b>{stepOf(status).title}</b>
              <small>
                {sayMoment(requested_at)}
                {ambulance != null && ` · ${ambulance.plate_number}`}
              </small>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
