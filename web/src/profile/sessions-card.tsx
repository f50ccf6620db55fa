/** Where I am signed in, and ending that. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Confirm } from "../shared/confirm.tsx";
import { explainProblem, Failure } from "../shared/problems.tsx";
import { toast } from "../shared/toast.tsx";
import { useRecord } from "../shared/use-record.ts";
import { sayAgo, sayMoment } from "../shared/words.ts";
import { Card } from "../shell/page.tsx";
import { endSession } from "./profile-api.ts";
import type { SessionItem } from "./profile-api.ts";
import { describeAgent } from "./user-agent.ts";

export function SessionsCard(): JSX.Element {
  const { row, problem, reload } = useRecord<{ readonly items: readonly SessionItem[] }>("/sessions");
  const [asking, setAsking] = useState(false);
  const others = row?.items.filter(({ current }) => !current) ?? [];
  const endAll = async (): Promise<void> => {
    for (const { id } of others) await endSession(id);
    toast("Signed out everywhere else");
    reload();
  };
  const endOne = async (session: SessionItem): Promise<void> => {
    try {
      await endSession(session.id);
      toast(`${describeAgent(session.client, session.user_agent)} is signed out`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status !== 404) toast(explainProblem(error)); // gone by itself is as good
    }
    reload();
  };
  const action =
    others.length > 1 ? (
      <button class="button button--small" type="button" onClick={() => setAsking(true)}>
        Sign out everywhere else
      </button>
    ) : undefined;
  return (
    <Card title="Where I am signed in" actions={action}>
      {problem !== null && <Failure error={problem} onRetry={reload} />}
      <ul class="sessions" aria-label="Sessions">
        {row?.items.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => void endOne(session)} />
        ))}
      </ul>
      {row !== null && others.length === 0 && <p class="quiet">Nowhere else than here.</p>}
      {asking && (
        <Confirm
          title="Sign out everywhere else?"
          deed="Sign out everywhere else"
          onConfirm={endAll}
          onClose={() => setAsking(false)}
        >
          <p>Whoever uses one of these {others.length} browsers or apps has to sign in again. Here you stay.</p>
        </Confirm>
      )}
    </Card>
  );
}

function SessionRow({ session, onEnd }: { session: SessionItem; onEnd: () => void }): JSX.Element {
  const name = describeAgent(session.client, session.user_agent);
  return (
    <li class="card__row">
      <span class="two-lines">
        <span>
          {name} {session.current && <span class="mark-of mark-of--good">this one</span>}
        </span>
        <small title={`Until ${sayMoment(session.expires_at)}`}>
          Since {sayMoment(session.created_at)}
          {session.current ? "" : `, last used ${sayAgo(session.last_seen_at)}`}
        </small>
      </span>
      {!session.current && (
        <button class="button button--small" type="button" aria-label={`Sign out ${name}`} onClick={onEnd}>
          Sign out
        </button>
      )}
    </li>
  );
}
