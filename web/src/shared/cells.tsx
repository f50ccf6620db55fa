/** What stands in the cells of several tables. */

import type { JSX } from "preact";
import type { Row } from "./http.ts";

export function TwoLines({ first, second }: { first: unknown; second: unknown }): JSX.Element {
  return (
    <span class="two-lines">
      {String(first ?? "–")}
      {typeof second === "string" && second !== "" && <small>{second}</small>}
    </span>
  );
}

/** The name of a record that came along with this one. */
export function embedded(row: Row, name: string): string {
  const other = row[name];
  if (typeof other !== "object" || other === null || !("name" in other)) return "–";
  return typeof other.name === "string" ? other.name : "–";
}
