/** Where somebody works, and what a facility's administrator may do about it. */

import type { JSX } from "preact";
import { attempt } from "../shared/attempt.ts";
import { embedded } from "../shared/cells.tsx";
import { DeedButton } from "../shared/deed-button.tsx";
import { EditButton } from "../shared/edit-button.tsx";
import type { Row } from "../shared/http.ts";
import { useMay } from "../shared/rights.ts";
import { toast } from "../shared/toast.tsx";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayValue } from "../shared/words.ts";
import { Card, Facts } from "../shell/page.tsx";
import { disable, enable } from "./account-api.ts";
import { NewLinkButton } from "./new-link-button.tsx";
import { sayStaffRole } from "./people-tables.tsx";

export function StaffCard({ door, row }: { door: RecordDoor<Row>; row: Row }): JSX.Element {
  const may = useMay();
  const name = String(row["name"]);
  const id = String(row.id);
  // the platform's administrators have all of it on the account's card
  const manages = may.has("SA") && !may.has("AD") && row["role"] === "receptionist" && id !== may.user.id;
  const optional = (field: string): string | null | undefined => row[field] as string | null | undefined;
  return (
    <Card
      title="At work"
      actions={<EditButton title={`${name} at work`} table="staff" fields={["duty"]} door={door} row={row} />}
    >
      <Facts
        facts={[
          ["Works as", sayStaffRole(row["role"])],
          ["Duty", typeof row["duty"] === "string" ? sayValue(row["duty"]) : "None on the ambulance board"],
          ["Facility", <a key="facility" href={`/facilities/${String(row["facility_id"])}`}>{embedded(row, "facility")}</a>],
          ["Email", optional("email")],
          ["Phone", optional("phone")],
        ]}
      />
      {manages && (
        <div class="page__actions">
          <NewLinkButton id={id} name={name} />
          <DeedButton
            label="Stop the account…"
            title={`Stop ${name}'s account?`}
            deed="Stop the account"
            danger
            onConfirm={async () => {
              await disable(id);
              toast(`${name} is signed out everywhere, and cannot sign in.`, () => void letIn(id, name));
            }}
          >
            <p>They are signed out everywhere at once, and cannot sign in until somebody lets them back in.</p>
          </DeedButton>
          <button class="button button--small" type="button" onClick={() => void letIn(id, name)}>
            Let back in
          </button>
        </div>
      )}
    </Card>
  );
}

async function letIn(id: string, name: string): Promise<void> {
  if (await attempt(() => enable(id))) toast(`${name} may sign in.`);
}
