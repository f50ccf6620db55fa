/** Visits. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function AppointmentsPage(): JSX.Element {
  return <Page title="Visits">{null}</Page>;
}
