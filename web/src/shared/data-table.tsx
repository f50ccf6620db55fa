/** A list of records: search, filters, order, pages, and words for when there is nothing to show. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Query, Row } from "./http.ts";
import { useListState } from "./list-state.ts";
import { Failure } from "./problems.tsx";
import { TableControls } from "./table-controls.tsx";
import type { FilterChoice } from "./table-controls.tsx";
import { TableFoot } from "./table-foot.tsx";
import { Skeleton, TableRows } from "./table-rows.tsx";
import { useList } from "./use-list.ts";
import type { ListDoor } from "./use-list.ts";

export interface TableColumn<R> {
  /** The field, which is also the key. */
  readonly name: string;
  readonly label?: string;
  /** What is shown; without it the field's value in words. */
  readonly cell?: (row: R) => ComponentChildren;
  /** The list can be ordered by it. */
  readonly sorts?: boolean;
  /** Left out where there is little room. */
  readonly minor?: boolean;
}

export interface Empty {
  readonly title: string;
  /** What the list is for and how something gets into it. */
  readonly text: ComponentChildren;
  readonly action?: ComponentChildren;
}

export interface DataTableProps<R extends Row> {
  /** What the list is of, for those who hear the page. */
  readonly label: string;
  /** Below /api/v1. */
  readonly path: string;
  readonly columns: readonly TableColumn<R>[];
  readonly empty: Empty;
  /** The parameters that are sent always. */
  readonly fixed?: Query;
  readonly filters?: readonly FilterChoice[];
  /** What the search is for; null where the list has none. */
  readonly search?: string | null;
  /** As `sort=` says it; what a fresh visit shows. */
  readonly order?: string;
  readonly csv?: boolean;
  /** The list knows how many there are in all. */
  readonly counts?: boolean;
  /** Where a row leads. */
  readonly href?: (row: R) => string;
  /** Or what it opens. */
  readonly onOpen?: (row: R) => void;
  /** Keep search and filters in the address: for the one table of a page. */
  readonly inAddress?: boolean;
  /** Raised when something has been changed elsewhere: the list is read again. */
  readonly turn?: number;
  readonly limit?: number;
}

export type { FilterChoice } from "./table-controls.tsx";

export function DataTable<R extends Row>(props: DataTableProps<R>): JSX.Element {
  const { label, path, columns, empty, fixed = {}, filters = [], search = null, csv = false, inAddress = false } = props;
  const { state, onState } = useListState(inAddress);
  const order = state["sort"] ?? props.order ?? null;
  const names = filters.flatMap(({ name, span }) => (span === true ? [`${name}_from`, `${name}_until`] : [name]));
  const narrowed = Object.fromEntries(names.flatMap((name) => (state[name] === undefined ? [] : [[name, state[name]]])));
  const query: Query = { ...narrowed, ...fixed, search: search === null ? null : (state["q"] ?? null), sort: order };
  const list = useList<R>(path, query, props.limit);
  useEffect(() => {
    if ((props.turn ?? 0) > 0) list.reload();
  }, [props.turn]);
  const filtered = names.some((name) => state[name] !== undefined) || (search !== null && state["q"] !== undefined);
  const reset = (): void => onState(Object.fromEntries([...names, "q"].map((name) => [name, null])));
  return (
    <section class="records" aria-label={label} aria-busy={list.loading}>
      {(search !== null || filters.length > 0) && (
        <TableControls search={search} filters={filters} state={state} onState={onState} />
      )}
      <Body
        list={list}
        label={label}
        columns={columns}
        empty={filtered ? nothingMatches(reset) : empty}
        order={order}
        onOrder={(sort) => onState({ sort: sort === (props.order ?? null) ? null : sort })}
        href={props.href}
        onOpen={props.onOpen}
      />
      <TableFoot list={list} csv={csv ? { path, query } : null} counts={props.counts !== false} />
    </section>
  );
}

function nothingMatches(reset: () => void): Empty {
  return {
    title: "Nothing matches",
    text: "The search or the filters hide everything.",
    action: (
      <button class="button button--small" type="button" onClick={reset}>
        Show all
      </button>
    ),
  };
}

interface BodyProps<R extends Row> {
  readonly list: ListDoor<R>;
  readonly label: string;
  readonly columns: readonly TableColumn<R>[];
  readonly empty: Empty;
  readonly order: string | null;
  readonly onOrder: (sort: string) => void;
  readonly href: ((row: R) => string) | undefined;
  readonly onOpen: ((row: R) => void) | undefined;
}

function Body<R extends Row>({ list, empty, columns, ...rest }: BodyProps<R>): JSX.Element {
  if (list.problem !== null) return <Failure error={list.problem} onRetry={list.reload} />;
  if (list.page === null) return <Skeleton columns={Math.min(columns.length, 5)} />;
  if (list.page.items.length === 0) return <EmptyState {...empty} />;
  return <TableRows rows={list.page.items} columns={columns} stale={list.loading} {...rest} />;
}

/** Where there is nothing yet: what it is for, and how it begins. */
export function EmptyState({ title, text, action }: Empty): JSX.Element {
  return (
    <div class="empty empty--page">
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  );
}
