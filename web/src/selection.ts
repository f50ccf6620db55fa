/** What the list shows: pure, so that it can be tested without a page. */

import type { Row } from "./fleet-store.ts";
import { overdue } from "./freshness.ts";

export interface Filter {
  /** Matched against plate, driver and status, each word on its own. */
  readonly text: string;
  /** Status codes that are hidden. */
  readonly hidden: ReadonlySet<string>;
  /** Only what has no fresh position. */
  readonly overdueOnly: boolean;
}

export const NO_FILTER: Filter = { text: "", hidden: new Set(), overdueOnly: false };

export function filters({ text, hidden, overdueOnly }: Filter): boolean {
  return text.trim() !== "" || hidden.size > 0 || overdueOnly;
}

/** As people type it: without case, and without the hyphens, dots and blanks that plates are written with. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s.\-_]+/g, "");
}

/** Decides for many rows: the words are taken apart once. */
export function matcher(filter: Filter): (row: Row) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const squeezed = plain(filter.text);
  return (row) => {
    if (filter.hidden.has(row.status.code)) return false;
    if (filter.overdueOnly && !overdue(row)) return false;
    if (words.length === 0) return true;
    const text = `${row.unit.plateNumber} ${row.unit.driverName ?? ""} ${row.status.label}`.toLowerCase();
    return words.every((word) => text.includes(word)) || (squeezed !== "" && plain(row.unit.plateNumber).includes(squeezed));
  };
}
