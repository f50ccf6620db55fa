/** My account: who I am, how I sign in, and where I am signed in. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { useMay } from "../shared/rights.ts";
import { useShell } from "../shell/context.ts";
import { Card, Page } from "../shell/page.tsx";
import { AboutCard } from "./about-card.tsx";
import { PasswordCard } from "./password-card.tsx";
import { SecondFactorCard } from "./second-factor-card.tsx";
import { SessionsCard } from "./sessions-card.tsx";

export function ProfilePage(): JSX.Element {
  const { user } = useShell();
  const may = useMay();
  const isPatient = user.role === "patient";
  return (
    <Page title="My profile" lead="How you are known here, how you sign in, and where you are signed in.">
      <div class="cards">
        <AboutCard />
        <PasswordCard />
        {!isPatient && <SecondFactorCard />}
        <SessionsCard />
        {may.read("record_accesses") && (
          <Card title="My record">
            <p>Each time somebody opens your health record, the hub writes down who, when and why.</p>
            <a class="button" href="/record">
              <Icon name="book" />
              Who has read my record
            </a>
          </Card>
        )}
      </div>
    </Page>
  );
}
