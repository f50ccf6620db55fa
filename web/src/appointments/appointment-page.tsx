/** Visit. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function AppointmentPage(): JSX.Element {
  return <Page title="Visit">{null}</Page>;
}
