/** Below a table: which page this is, how many there are, and the whole list as a file. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { withQuery } from "./http.ts";
import type { Query } from "./http.ts";
import type { ListDoor } from "./use-list.ts";

export interface TableFootProps {
  readonly list: ListDoor<unknown>;
  readonly csv: { readonly path: string; readonly query: Query } | null;
  readonly counts: boolean;
}

const COUNT = new Intl.NumberFormat();

export function TableFoot({ list, csv, counts }: TableFootProps): JSX.Element | null {
  const { page, number, total, next, previous, loading } = list;
  if (page === null || (page.items.length === 0 && number === 1)) return null;
  const one = next === null && previous === null;
  return (
    <footer class="records__foot">
      <span role="status">
        {one ? (
          <>{page.items.length === 1 ? "One entry" : `${COUNT.format(page.items.length)} entries`}</>
        ) : (
          <>
            Page {number}
            {total !== null && `, ${COUNT.format(total)} entries in all`}
          </>
        )}
      </span>
      {!one && total === null && counts && (
        <button class="link" type="button" onClick={list.count}>
          How many in all?
        </button>
      )}
      <span class="records__space" />
      {csv !== null && (
        <a class="button button--small" href={`/api/v1${withQuery(`${csv.path}.csv`, csv.query)}`} download>
          <Icon name="download" />
          CSV
        </a>
      )}
      {!one && (
        <span class="records__pages">
          <Step label="Previous" go={previous} loading={loading} />
          <Step label="Next" go={next} loading={loading} />
        </span>
      )}
    </footer>
  );
}

function Step({ label, go, loading }: { label: string; go: (() => void) | null; loading: boolean }): JSX.Element {
  return (
    <button class="button button--small" type="button" disabled={go === null || loading} onClick={() => go?.()}>
      {label}
    </button>
  );
}
