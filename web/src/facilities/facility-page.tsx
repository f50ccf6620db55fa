/** One facility: its address, who works there, and when. */

import type { JSX } from "preact";
import { coordinates } from "../format.ts";
import { DeedButton } from "../shared/deed-button.tsx";
import { EditButton } from "../shared/edit-button.tsx";
import { remove } from "../shared/http.ts";
import type { Row } from "../shared/http.ts";
import { Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { navigate } from "../shared/router.ts";
import { Skeleton } from "../shared/table-rows.tsx";
import { toast } from "../shared/toast.tsx";
import { useRecord } from "../shared/use-record.ts";
import type { RecordDoor } from "../shared/use-record.ts";
import { sayValue } from "../shared/words.ts";
import { Card, Facts, Page } from "../shell/page.tsx";
import type { PageProps } from "../shell/routes.tsx";
import { StaffTable } from "../people/people-tables.tsx";
import { FACILITY_FIELDS, FACILITY_HINTS } from "./facilities-page.tsx";
import { WorkLinks } from "./work-links.tsx";

export function FacilityPage({ id }: PageProps): JSX.Element {
  const may = useMay();
  const door = useRecord<Row>(`/facilities/${id}`);
  const { row, problem } = door;
  const back = { href: "/facilities", label: "Facilities" };
  if (row === null) {
    return (
      <Page title="Facility" back={back}>
        {problem === null ? <Skeleton columns={2} /> : <Failure error={problem} onRetry={door.reload} />}
      </Page>
    );
  }
  const name = String(row["name"]);
  return (
    <Page
      title={name}
      lead={sayValue(String(row["type"]))}
      back={back}
      actions={may.remove("facilities") ? <RemoveFacility row={row} etag={door.etag} /> : undefined}
    >
      <div class="cards">
        <About door={door} row={row} />
        {may.read("doctor_facilities") && <WorkLinks of="facility" id={id} />}
      </div>
      {may.read("staff") && (
        <Card title="Staff">
          <StaffTable turn={0} action={undefined} facility={id} />
        </Card>
      )}
    </Page>
  );
}

function About({ door, row }: { door: RecordDoor<Row>; row: Row }): JSX.Element {
  const phone = row["phone"];
  return (
    <Card
      title="About"
      actions={
        <EditButton
          title={String(row["name"])}
          table="facilities"
          fields={FACILITY_FIELDS}
          hints={FACILITY_HINTS}
          door={door}
          row={row}
        />
      }
    >
      <Facts
        facts={[
          ["Phone", typeof phone === "string" ? <a href={`tel:${phone}`}>{phone}</a> : null],
          ["Address", row["address"] as string | null],
          ["Time zone", row["time_zone"] as string],
          ["Place", <Where key="place" place={row["location"]} />],
        ]}
      />
    </Card>
  );
}

/** The point in degrees, and the way to it in whatever the device opens places with. */
function Where({ place }: { place: unknown }): JSX.Element {
  if (typeof place !== "object" || place === null || !("latitude" in place) || !("longitude" in place)) return <>–</>;
  const [latitude, longitude] = [Number(place.latitude), Number(place.longitude)];
  return <a href={`geo:${latitude},${longitude}`}>{coordinates(latitude, longitude)}</a>;
}

function RemoveFacility({ row, etag }: { row: Row; etag: string | null }): JSX.Element {
  const name = String(row["name"]);
  return (
    <DeedButton
      label="Remove…"
      title={`Remove ${name}?`}
      deed="Remove"
      danger
      onConfirm={async () => {
        await remove(`/facilities/${row.id}`, etag);
        toast(`${name} is removed.`);
        await navigate("/facilities");
      }}
    >
      <p>Only a facility that nothing refers to can be removed: no staff, no doctors, no visits, no ambulances.</p>
    </DeedButton>
  );
}
