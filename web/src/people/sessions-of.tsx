/** Where somebody else is signed in, for administrators. */

import type { JSX } from "preact";
import { describeAgent } from "../profile/user-agent.ts";
import { attempt } from "../shared/attempt.ts";
import { Failure } from "../shared/problems.tsx";
import { toast } from "../shared/toast.tsx";
import { useRecord } from "../shared/use-record.ts";
import { sayAgo, sayMoment } from "../shared/words.ts";
import { Card } from "../shell/page.tsx";
import { endSession } from "./account-api.ts";
import type { UserSession } from "./account-api.ts";

export function SessionsOf({ id }: { id: string }): JSX.Element {
  const { row, problem, reload } = useRecord<{ readonly items: readonly UserSession[] }>(`/users/${id}/sessions`);
  const end = async (session: string): Promise<void> => {
    if (await attempt(() => endSession(session))) toast("That session is ended.");
    reload();
  };
  return (
    <Card title="Signed in">
      {problem !== null && <Failure error={problem} onRetry={reload} />}
      {row?.items.length === 0 && <p class="quiet">Nowhere at this moment.</p>}
      {row !== null && row.items.length > 0 && (
        <ul aria-label="Sessions">
          {row.items.map((session) => {
            const words = describeAgent(session.client, session.user_agent);
            return (
              <li key={session.id} class="card__row">
                <span class="two-lines">
                  {words}
                  <small>
                    Since {sayMoment(session.created_at)}, last used {sayAgo(session.last_seen_at)}
                  </small>
                </span>
                <button
                  class="button button--small"
                  type="button"
                  aria-label={`End the session: ${words}`}
                  onClick={() => void end(session.id)}
                >
                  End
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
