/** Where the patient is taken: a hospital of the hub, the nearest first, or a place in words. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { distance } from "../format.ts";
import { distanceM } from "../order.ts";
import { Dialog } from "../shared/dialog.tsx";
import { readHospitals } from "./crew-api.ts";
import type { Hospital } from "./crew-api.ts";
import type { Tablet } from "./tablet-store.ts";

interface Way {
  readonly hospital: Hospital;
  readonly metres: number | null;
}

function sorted(hospitals: readonly Hospital[], tablet: Tablet): readonly Way[] {
  const { tracking } = tablet.vitals.value;
  const ways = hospitals.map((hospital): Way => {
    const near = tracking.state === "fixed" && hospital.location != null;
    return { hospital, metres: near ? distanceM(tracking, hospital.location) : null };
  });
  return ways.sort((one, other) => (one.metres ?? Infinity) - (other.metres ?? Infinity));
}

export function Destination({ tablet, onClose }: { tablet: Tablet; onClose: () => void }): JSX.Element {
  const [hospitals, setHospitals] = useState<readonly Hospital[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [words, setWords] = useState("");
  useEffect(() => {
    readHospitals(tablet.credential.secret).then(setHospitals, () => setFailed(true));
  }, []);
  const choose = ({ id, name, location }: Hospital): void => {
    tablet.setDestination({ facility: id, destination: name, ...(location ?? {}) });
    onClose();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (words.trim() === "") return;
    tablet.setDestination({ destination: words.trim() });
    onClose();
  };
  return (
    <Dialog title="Where do you take the patient?" onClose={onClose}>
      {failed && <p>The hospitals cannot be read without a connection: say it in words.</p>}
      {hospitals === null && !failed && <p>Reading the hospitals…</p>}
      <ul class="tablet-hospitals" tabIndex={-1} autofocus>
        {sorted(hospitals ?? [], tablet).map(({ hospital, metres }) => (
          <li key={hospital.id}>
            <button class="tablet-button" type="button" onClick={() => choose(hospital)}>
              <span class="two-lines">
                {hospital.name}
                <small>{hospital.address}</small>
              </span>
              {metres !== null && <b>{distance(metres)}</b>}
            </button>
          </li>
        ))}
      </ul>
      <form class="tablet-line" onSubmit={submit}>
        <input value={words} maxLength={500} placeholder="Or in words" aria-label="In words" onInput={(event) => setWords(event.currentTarget.value)} />
        <button class="tablet-button tablet-button--small" type="submit" disabled={words.trim() === ""}>
          Set
        </button>
      </form>
    </Dialog>
  );
}
