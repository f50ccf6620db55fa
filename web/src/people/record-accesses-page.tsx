/** Who read my record. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function RecordAccessesPage(): JSX.Element {
  return <Page title="Who read my record">{null}</Page>;
}
