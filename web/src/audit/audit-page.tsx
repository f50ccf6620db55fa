/** Audit. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function AuditPage(): JSX.Element {
  return <Page title="Audit">{null}</Page>;
}
