/** Who works where: the doctors of a facility, or the facilities of a doctor. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { attempt } from "../shared/attempt.ts";
import { embedded } from "../shared/cells.tsx";
import { DeedButton } from "../shared/deed-button.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { create, remove } from "../shared/http.ts";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { RecordForm } from "../shared/record-form.tsx";
import { useMay } from "../shared/rights.ts";
import { toast } from "../shared/toast.tsx";
import { useList } from "../shared/use-list.ts";
import { Card } from "../shell/page.tsx";

type Side = "facility" | "doctor";

const SIDES = {
  facility: {
    title: "Doctors here",
    other: "doctor",
    path: "doctors",
    add: "Add a doctor",
    none: "No doctor works here yet: only those who do can be booked here.",
  },
  doctor: {
    title: "Works at",
    other: "facility",
    path: "facilities",
    add: "Add a facility",
    none: "Nowhere yet: a doctor can be booked only where they work.",
  },
} as const;

export interface WorkLinksProps {
  /** Whose page this is on. */
  readonly of: Side;
  readonly id: string;
  readonly onChanged?: () => void;
}

export function WorkLinks({ of, id, onChanged }: WorkLinksProps): JSX.Element {
  const may = useMay();
  const side = SIDES[of];
  const [adding, setAdding] = useState(false);
  const list = useList<Row>("/doctor_facilities", { [`${of}_id`]: id, embed: "doctor,facility" }, 200);
  const changed = (): void => {
    list.reload();
    onChanged?.();
  };
  // staff add to their own facility only: the hub fills it in, and the form does not ask
  const choosesFacility = may.table("doctor_facilities").create.includes("facility_id");
  const adds = may.create("doctor_facilities") && (of === "facility" || choosesFacility);
  return (
    <Card
      title={side.title}
      actions={
        adds && (
          <button class="button button--small" type="button" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            {side.add}
          </button>
        )
      }
    >
      {list.problem !== null && <Failure error={list.problem} onRetry={list.reload} />}
      {list.page?.items.length === 0 && <p class="quiet">{side.none}</p>}
      <ul aria-label={side.title}>
        {list.page?.items.map((link) => (
          <LinkRow key={link.id} link={link} side={of} onChanged={changed} />
        ))}
      </ul>
      {adding && (
        <Dialog title={side.add} size="small" onClose={() => setAdding(false)}>
          <RecordForm
            table="doctor_facilities"
            row={null}
            fields={[`${side.other}_id`]}
            fixed={of === "doctor" || choosesFacility ? { [`${of}_id`]: id } : {}}
            deed="Add"
            onCancel={() => setAdding(false)}
            onSaved={() => {
              setAdding(false);
              changed();
            }}
          />
        </Dialog>
      )}
    </Card>
  );
}

interface LinkRowProps {
  readonly link: Row;
  readonly side: Side;
  readonly onChanged: () => void;
}

function LinkRow({ link, side, onChanged }: LinkRowProps): JSX.Element {
  const may = useMay();
  const { other, path } = SIDES[side];
  const name = embedded(link, other);
  const again = async (): Promise<void> => {
    const fields = may.table("doctor_facilities").create;
    const body = Object.fromEntries(fields.map((field) => [field, link[field]]));
    if (await attempt(() => create("/doctor_facilities", body))) toast(`${name} is back.`);
    onChanged();
  };
  return (
    <li class="card__row">
      <a href={`/${path}/${String(link[`${other}_id`])}`}>{name}</a>
      {may.remove("doctor_facilities") && (
        <DeedButton
          label="Remove…"
          title="End the work here?"
          deed="Remove"
          danger
          onConfirm={async () => {
            await remove(`/doctor_facilities/${link.id}`);
            toast(`${name} is removed.`, () => void again());
            onChanged();
          }}
        >
          <p>
            {embedded(link, "doctor")} can no longer be booked at {embedded(link, "facility")}. Bookings to come have to be
            moved or cancelled first.
          </p>
        </DeedButton>
      )}
    </li>
  );
}
