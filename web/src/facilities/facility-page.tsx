/** Facility. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function FacilityPage(): JSX.Element {
  return <Page title="Facility">{null}</Page>;
}
