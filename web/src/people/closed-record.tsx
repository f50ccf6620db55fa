/** A record that may only be seen for a reason. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Card } from "../shell/page.tsx";
import { BreakGlassDialog } from "./break-glass.tsx";

export interface OpenClosedRecordProps {
  readonly patient: { readonly id: string; readonly name: string };
  readonly onOpen?: () => void;
}

export function OpenClosedRecord({ patient, onOpen }: OpenClosedRecordProps): JSX.Element {
  const [asking, setAsking] = useState(false);
  return (
    <Card title="Clinical record">
      <p class="quiet">
        You are not one of those who treat {patient.name === "This person" ? "this person" : patient.name}, so their record
        is closed to you. In an emergency it opens for a reason, which the patient reads.
      </p>
      <div>
        <button class="button button--small button--danger-quiet" type="button" onClick={() => setAsking(true)}>
          Open it for a reason…
        </button>
      </div>
      {asking && (
        <BreakGlassDialog
          patient={patient}
          onClose={() => setAsking(false)}
          {...(onOpen === undefined ? {} : { onOpen })}
        />
      )}
    </Card>
  );
}
