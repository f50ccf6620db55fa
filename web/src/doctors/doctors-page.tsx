/** Doctors. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function DoctorsPage(): JSX.Element {
  return <Page title="Doctors">{null}</Page>;
}
