/** An account, and all that an administrator of the platform does to one. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { attempt } from "../shared/attempt.ts";
import { DeedButton } from "../shared/deed-button.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { EditButton } from "../shared/edit-button.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { toast } from "../shared/toast.tsx";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayMoment, sayValue } from "../shared/words.ts";
import { Card, Facts } from "../shell/page.tsx";
import { bypassCode, disable, enable, pseudonymise } from "./account-api.ts";
import { NewLinkButton } from "./new-link-button.tsx";
import { SecretText } from "./one-time-link.tsx";
import { AccountState } from "./people-tables.tsx";
import { RoleButton } from "./role-dialog.tsx";

/** Nothing is left to be done about them: the hub has given them a name that is made of their number. */
function isForgotten(row: Row): boolean {
  return row["email"] === null && new RegExp(`^Former \\w+ ${String(row.id).slice(0, 8)}$`).test(String(row["name"]));
}

interface Props {
  readonly door: RecordDoor<Row>;
  readonly row: Row;
}

export function AccountCard({ door, row }: Props): JSX.Element {
  const own = useMay().user.id === row.id;
  const forgotten = isForgotten(row);
  const edit = <EditButton title="Account" table="users" fields={["name", "email", "phone"]} door={door} row={row} />;
  const optional = (field: string): string | null | undefined => row[field] as string | null | undefined;
  return (
    <Card title="Account" actions={forgotten ? undefined : edit}>
      <Facts
        facts={[
          ["Email", optional("email")],
          ["Phone", optional("phone")],
          ["Role", sayValue(String(row["role"]))],
          ["May sign in", <AccountState key="state" row={row} />],
          ["Since", sayMoment(row["created_at"])],
          ["Number", <code key="id">{String(row.id)}</code>],
        ]}
      />
      {forgotten && <p class="quiet">Who this was is forgotten, and the account stopped, for good.</p>}
      {own ? (
        <p class="quiet">
          This is your own account: <a href="/profile">your profile</a> is the place for it. Its role and its end are for
          another administrator.
        </p>
      ) : (
        !forgotten && <AccountDeeds door={door} row={row} />
      )}
      <p>
        <a href={`/audit?actor_id=${row.id}`}>What this person did</a>
      </p>
    </Card>
  );
}

function AccountDeeds({ door, row }: Props): JSX.Element {
  const may = useMay();
  const id = String(row.id);
  const name = String(row["name"]);
  const stopped = typeof row["disabled_at"] === "string";
  const letIn = async (): Promise<void> => {
    await enable(id);
    toast(`${name} may sign in.`);
    door.reload();
  };
  return (
    <div class="page__actions">
      {row["email"] !== null && !stopped && <NewLinkButton id={id} name={name} />}
      {may.act("totp.bypass") && row["role"] !== "patient" && !stopped && <BypassButton id={id} name={name} />}
      <RoleButton row={row} onChanged={door.reload} />
      {stopped ? (
        <DeedButton label="Let back in…" title={`Let ${name} back in?`} deed="Let back in" onConfirm={letIn}>
          <p>They may sign in again, with the password that they had.</p>
        </DeedButton>
      ) : (
        <DeedButton
          label="Stop the account…"
          title={`Stop ${name}'s account?`}
          deed="Stop the account"
          danger
          onConfirm={async () => {
            await disable(id);
            toast(`${name} is signed out everywhere, and cannot sign in.`, () => void attempt(letIn));
            door.reload();
          }}
        >
          <p>They are signed out everywhere at once, and cannot sign in until somebody lets them back in. Nothing is deleted.</p>
        </DeedButton>
      )}
      <DeedButton
        label="Forget who it is…"
        title={`Forget who ${name} is?`}
        deed="Forget for good"
        danger
        typed={name}
        onConfirm={async () => {
          await pseudonymise(id);
          toast("The name, the addresses and the numbers are gone.");
          door.reload();
        }}
      >
        <p>
          Name, email, phone and address are replaced for good; the account stops. What was done and recorded stays, under
          a made-up name, and the audit log stays whole. <b>Nobody can undo this.</b>
        </p>
      </DeedButton>
    </div>
  );
}

/** For somebody who stands at the desk without their telephone. */
function BypassButton({ id, name }: { id: string; name: string }): JSX.Element {
  const [made, setMade] = useState<{ code: string; expires_at: string } | null>(null);
  return (
    <>
      <DeedButton
        label="One-time code…"
        title={`A code for ${name} without their second factor?`}
        deed="Make the code"
        onConfirm={async () => setMade(await bypassCode(id))}
      >
        <p>Make sure that it is them: the code stands in for their second factor once. Their password is still needed.</p>
      </DeedButton>
      {made !== null && (
        <Dialog title={`Code for ${name}`} size="small" onClose={() => setMade(null)}>
          <p>It works once, until {sayMoment(made.expires_at)}, and is shown only here and now.</p>
          <SecretText label="Code" text={made.code} copy="Copy the code" />
        </Dialog>
      )}
    </>
  );
}
