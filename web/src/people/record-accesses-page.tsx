/** For patients: who saw or changed what is stored about them. */

import type { JSX } from "preact";
import { sayAction } from "../audit/actions.ts";
import { DataTable } from "../shared/data-table.tsx";
import { StatusMark } from "../shared/status-mark.tsx";
import { filterOf } from "../shared/table-controls.tsx";
import { TwoLines } from "../shared/cells.tsx";
import { sayValue } from "../shared/words.ts";
import { Page } from "../shell/page.tsx";

export function RecordAccessesPage(): JSX.Element {
  return (
    <Page
      title="Who read my record"
      lead="Everybody who saw or changed what is stored about you. Does something look wrong? Ask at your facility's desk."
    >
      <DataTable
        label="Who read my record"
        path="/record_accesses"
        filters={[filterOf("record_accesses", "at")]}
        order="-at"
        inAddress
        columns={[
          { name: "at", sorts: true },
          {
            name: "name",
            label: "Who",
            cell: (row) => <TwoLines first={row["name"]} second={sayRole(row["role"], row["facility"])} />,
          },
          { name: "action", label: "What", cell: (row) => sayAction(row["action"]) },
          {
            name: "reason",
            label: "Reason given",
            cell: (row) => (typeof row["reason"] === "string" ? <Reason text={row["reason"]} /> : "–"),
          },
        ]}
        empty={{
          title: "Nobody has read your record yet",
          text: "Whenever a doctor, a desk or an ambulance looks at what is stored about you, it stands here.",
        }}
      />
    </Page>
  );
}

const ROLES: Readonly<Record<string, string>> = {
  receptionist: "Front desk",
  "staff admin": "Administrator of a facility",
};

function sayRole(role: unknown, facility: unknown): string {
  const words = ROLES[String(role)] ?? sayValue(String(role ?? ""));
  return typeof facility === "string" ? `${words}, ${facility}` : words;
}

/** Somebody looked without being one of those who treat the patient. */
function Reason({ text }: { text: string }): JSX.Element {
  return (
    <span class="two-lines">
      <StatusMark value="requested" words="Emergency access" />
      {text}
    </span>
  );
}
