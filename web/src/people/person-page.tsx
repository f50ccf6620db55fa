/** Person. */

import type { JSX } from "preact";
import { Page } from "../shell/page.tsx";

export function PersonPage(): JSX.Element {
  return <Page title="Person">{null}</Page>;
}
