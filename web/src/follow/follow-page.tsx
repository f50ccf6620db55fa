/** A call that was made: how far it is, where the ambulance is, and a way to say that it is not needed. */

import type { JSX } from "preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { Confirm } from "../shared/confirm.tsx";
import { Failure } from "../shared/problems.tsx";
import { sayMoment } from "../shared/words.ts";
import type { PageProps } from "../shell/routes.tsx";
import { Card, Facts, Page } from "../shell/page.tsx";
import { cancelCall } from "./calls-api.ts";
import type { OwnRequest } from "./calls-api.ts";
import { PlaceMap, STILL } from "./place-map.tsx";
import { isOpen, placeOf, sayEta, stepOf, STEPS } from "./steps.ts";
import { useFollowed } from "./use-followed.ts";
import type { Followed } from "./use-followed.ts";

const TICK_MS = 1_000;

export function FollowPage({ id }: PageProps): JSX.Element {
  const followed = useFollowed(id);
  const { request, problem } = followed;
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(redraw, TICK_MS); // the time until it is there runs
    return () => clearInterval(timer);
  }, []);
  return (
    <Page title={request === null ? "My call" : stepOf(request.status).title} back={{ href: "/call", label: "My calls" }}>
      {problem !== null && request === null && <Failure error={problem} onRetry={followed.readAgain} />}
      {request !== null && <Progress request={request} followed={followed} />}
    </Page>
  );
}

function Progress({ request, followed }: { request: OwnRequest; followed: Followed }): JSX.Element {
  const { status, ambulance } = request;
  const open = isOpen(status);
  const eta = sayEta(request.eta_at ?? null, status, followed.nowMs());
  return (
    <div class="followed" data-status={status}>
      <section class="followed__now" role="status">
        <p class="followed__words">{stepOf(status).words}</p>
        {open && ambulance != null && (
          <p>
            <Icon name="ambulance" /> Ambulance <b>{ambulance.plate_number}</b>
          </p>
        )}
        {eta !== null && <p class="followed__eta">It should be there {eta}.</p>}
        {open && followed.phase !== null && followed.phase !== "live" && (
          <p class="followed__late">No connection at the moment: this may be out of date. Your call stands all the same.</p>
        )}
      </section>
      {open && <PlaceMap label="Map with the ambulance and where you are" pin={request.pickup_location ?? null} picture={followed.picture ?? STILL} />}
      <Steps status={status} />
      <Card title="What you told us">
        <Facts
          facts={[
            ["Called", sayMoment(request.requested_at)],
            ["What", request.complaint],
            ["Where", request.location_note],
            ["To", request.destination],
            ["Why cancelled", request.cancel_reason ?? undefined],
          ]}
        />
      </Card>
      {open && placeOf(status) < placeOf("on_scene") && <Cancel id={request.id} onDone={followed.readAgain} />}
    </div>
  );
}

function Steps({ status }: { status: string }): JSX.Element | null {
  const at = placeOf(status);
  if (at < 0) return null;
  return (
    <ol class="follow-steps">
      {STEPS.map((step, place) => (
        <li key={step.status} aria-current={place === at ? "step" : undefined} data-passed={place < at}>
          {place < at && <Icon name="check" />}
          {step.title}
        </li>
      ))}
    </ol>
  );
}

const REASONS = ["We do not need it any more", "Somebody else takes us", "I called by mistake"] as const;

function Cancel({ id, onDone }: { id: string; onDone: () => void }): JSX.Element {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState<string>(REASONS[0]);
  const cancel = async (): Promise<void> => {
    await cancelCall(id, reason.trim() === "" ? REASONS[0] : reason.trim());
    onDone();
  };
  return (
    <>
      <button class="button button--danger-quiet" type="button" onClick={() => setAsking(true)}>
        I do not need the ambulance
      </button>
      {asking && (
        <Confirm title="Cancel the call?" deed="Cancel the call" stay="Keep it" danger onConfirm={cancel} onClose={() => setAsking(false)}>
          <p>The ambulance turns back. If you are not sure, keep the call.</p>
          <div class="picks">
            {REASONS.map((words) => (
              <button key={words} class="pick" type="button" aria-pressed={reason === words} onClick={() => setReason(words)}>
                {words}
              </button>
            ))}
          </div>
          <label class="field">
            <span>Why?</span>
            <input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        </Confirm>
      )}
    </>
  );
}
