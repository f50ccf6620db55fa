/** People: patients, colleagues and accounts, as far as the person who looks may see them. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import type { May } from "../shared/rights.ts";
import { useMay } from "../shared/rights.ts";
import { setQuery, setSearch, useWhereabouts } from "../shared/router.ts";
import { Tabs } from "../shared/tabs.tsx";
import { Page } from "../shell/page.tsx";
import { BreakGlassDialog } from "./break-glass.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { kindsOf } from "./invite-form.ts";
import { AccountsTable, PatientsTable, StaffTable } from "./people-tables.tsx";

type TabName = "patients" | "staff" | "accounts";

/** The lists that say something to this person. */
function tabsOf(may: May): readonly { readonly name: TabName; readonly label: string }[] {
  const everybody = may.has("AD");
  return [
    ...(everybody ? [{ name: "accounts", label: "All accounts" } as const] : []),
    ...(may.read("patients") && !may.has("PT")
      ? [{ name: "patients", label: may.has("DR") && !everybody ? "My patients" : "Patients" } as const]
      : []),
    ...(may.read("staff") ? [{ name: "staff", label: everybody ? "Staff" : "Colleagues" } as const] : []),
  ];
}

export function PeoplePage(): JSX.Element {
  const may = useMay();
  const { query } = useWhereabouts();
  const [dialog, setDialog] = useState<"add" | "glass" | null>(null);
  const [turn, setTurn] = useState(0);
  const tabs = tabsOf(may);
  const asked = new URLSearchParams(query).get("tab");
  const chosen = tabs.find(({ name }) => name === asked)?.name ?? tabs[0]?.name ?? "patients";
  const onChoose = (name: string): void => {
    const forgotten = Object.fromEntries([...new URLSearchParams(query).keys()].map((key) => [key, null]));
    setSearch("");
    setQuery({ ...forgotten, tab: name === tabs[0]?.name ? null : name });
  };
  const add =
    kindsOf(may).length > 0 ? (
      <button class="button button--primary" type="button" data-key="n" onClick={() => setDialog("add")}>
        <Icon name="plus" />
        Add a person
      </button>
    ) : undefined;
  const glass =
    may.has("DR") && may.act("break_glass.C") ? (
      <button class="button" type="button" onClick={() => setDialog("glass")}>
        <Icon name="warning" />
        Emergency access
      </button>
    ) : undefined;
  const Table = { patients: PatientsTable, staff: StaffTable, accounts: AccountsTable }[chosen];
  return (
    <Page title="People" lead={LEADS[chosen]} actions={(add ?? glass) && [glass, add]}>
      <Tabs label="Which people" tabs={tabs} chosen={chosen} onChoose={onChoose}>
        <Table key={chosen} turn={turn} action={add} />
      </Tabs>
      {dialog === "add" && <InviteDialog onClose={() => setDialog(null)} onAdded={() => setTurn(turn + 1)} />}
      {dialog === "glass" && <BreakGlassDialog patient={null} onClose={() => setDialog(null)} />}
    </Page>
  );
}

const LEADS: Readonly<Record<TabName, string>> = {
  patients: "Every search and every look at a patient is kept in the audit log; patients see who looked.",
  staff: "Who works at the desks, and who leads the ambulances.",
  accounts: "Everybody who can sign in. What is medical about a patient is not shown here.",
};
