/** Doctor. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function DoctorPage(): JSX.Element {
  return <Page title="Doctor">{null}</Page>;
}
