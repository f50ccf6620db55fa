/** A doctor's week at each facility, drawn by the hour; windows are added, changed and removed in it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "../shared/attempt.ts";
import { embedded } from "../shared/cells.tsx";
import { create, remove } from "../shared/http.ts";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { Tabs } from "../shared/tabs.tsx";
import { toast } from "../shared/toast.tsx";
import { useList } from "../shared/use-list.ts";
import { useRecord } from "../shared/use-record.ts";
import { Card } from "../shell/page.tsx";
import { DAYS, sayWindow } from "./week.ts";
import type { Window } from "./week.ts";
import { WeekGrid } from "./week-grid.tsx";
import { WindowDialog } from "./window-dialog.tsx";
import type { Draft } from "./window-dialog.tsx";

interface FacilityName {
  readonly id: string;
  readonly name: string;
}

/** Where the doctor works or has windows, each once. */
function facilitiesOf(links: readonly Row[], windows: readonly Window[]): readonly FacilityName[] {
  const found = new Map<string, string>();
  for (const row of [...links, ...windows]) found.set(String(row["facility_id"]), embedded(row, "facility"));
  return [...found].map(([id, name]) => ({ id, name })).sort((one, two) => one.name.localeCompare(two.name));
}

/** Whether this person may change a doctor's hours at a facility. */
function useWrites(doctor: string): boolean {
  const may = useMay();
  return may.create("doctor_schedules") && (!may.has("DR") || may.user.id === doctor);
}

export function Schedule({ doctor, turn }: { doctor: string; turn: number }): JSX.Element {
  const list = useList<Window>("/doctor_schedules", { doctor_id: doctor, embed: "facility" }, 200);
  const links = useList<Row>("/doctor_facilities", { doctor_id: doctor, embed: "facility" }, 200);
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    if (turn > 0) links.reload();
  }, [turn]);
  const windows = list.page?.items ?? [];
  const facilities = facilitiesOf(links.page?.items ?? [], windows);
  const facility = facilities.find(({ id }) => id === chosen) ?? facilities[0];
  return (
    <Card title="Weekly hours">
      {list.problem !== null && <Failure error={list.problem} onRetry={list.reload} />}
      {list.page !== null && facility === undefined && (
        <p class="quiet">Hours belong to a facility: the doctor has to work at one first.</p>
      )}
      {facility !== undefined && (
        <Tabs
          label="Facility"
          tabs={facilities.map(({ id, name }) => ({
            name: id,
            label: name,
            count: windows.filter((window) => window.facility_id === id).length,
          }))}
          chosen={facility.id}
          onChoose={setChosen}
        >
          <Week key={facility.id} doctor={doctor} facility={facility} windows={windows} onChanged={list.reload} />
        </Tabs>
      )}
    </Card>
  );
}

interface WeekProps {
  readonly doctor: string;
  readonly facility: FacilityName;
  /** At every facility: nobody is at two at once. */
  readonly windows: readonly Window[];
  readonly onChanged: () => void;
}

function Week({ doctor, facility, windows, onChanged }: WeekProps): JSX.Element {
  const may = useMay();
  const writes = useWrites(doctor);
  const place = useRecord<Row>(`/facilities/${facility.id}`);
  const [draft, setDraft] = useState<Draft | null>(null);
  const here = windows.filter((window) => window.facility_id === facility.id);
  const zone = place.row?.["time_zone"];
  const bodyOf = (window: Window): Record<string, unknown> => {
    const fields = may.table("doctor_schedules").create;
    return Object.fromEntries(fields.map((field) => [field, window[field]]));
  };
  const removeOne = async (window: Window): Promise<void> => {
    const again = async (): Promise<void> => {
      await attempt(() => create("/doctor_schedules", bodyOf(window)));
      onChanged();
    };
    if (await attempt(() => remove(`/doctor_schedules/${window.id}`))) {
      toast(`${DAYS[window.day_of_week - 1]} ${sayWindow(window)} is removed.`, () => void again());
    }
    setDraft(null);
    onChanged();
  };
  return (
    <>
      <p class="quiet">
        {typeof zone === "string" ? `All times are local times of ${facility.name} (${zone}).` : " "}
        {writes && " Choose a window to change it, or a free hour to add one."}
      </p>
      <WeekGrid windows={here} onDraft={writes ? setDraft : null} />
      {draft !== null && (
        <WindowDialog
          doctor={doctor}
          facility={facility.id}
          draft={draft}
          windows={windows}
          onRemove={(window) => void removeOne(window)}
          onSaved={() => {
            setDraft(null);
            onChanged();
          }}
          onClose={() => setDraft(null)}
        />
      )}
    </>
  );
}
