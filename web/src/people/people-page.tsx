/** People. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function PeoplePage(): JSX.Element {
  return <Page title="People">{null}</Page>;
}
