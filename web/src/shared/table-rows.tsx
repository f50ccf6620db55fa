/** The rows of a table; on a phone each is a card. */

import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../icons.tsx";
import type { TableColumn } from "./data-table.tsx";
import type { Row } from "./http.ts";
import { navigate } from "./router.ts";
import { labelOf, sayMoment, sayValue } from "./words.ts";

export interface TableRowsProps<R extends Row> {
  readonly label: string;
  readonly rows: readonly R[];
  readonly columns: readonly TableColumn<R>[];
  /** A newer page is on its way. */
  readonly stale: boolean;
  readonly order: string | null;
  readonly onOrder: (sort: string) => void;
  readonly href: ((row: R) => string) | undefined;
  readonly onOpen: ((row: R) => void) | undefined;
}

const INSTANT = /^\d{4}-\d\d-\d\dT/;

/** A field's value in words; an en dash where there is none. */
export function sayField(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string") return INSTANT.test(value) ? sayMoment(value) : sayValue(value);
  return String(value);
}

export function TableRows<R extends Row>(props: TableRowsProps<R>): JSX.Element {
  const { label, rows, columns, stale, href, onOpen } = props;
  const opens = href !== undefined || onOpen !== undefined;
  const open = (event: MouseEvent, row: R): void => {
    // the links and buttons inside speak for themselves, and marking text is no click
    if (event.target instanceof Element && event.target.closest("a, button, input, label") !== null) return;
    if (getSelection()?.isCollapsed === false) return;
    if (href !== undefined) void navigate(href(row));
    else onOpen?.(row);
  };
  return (
    <div class="records__scroll">
      <table class="table" data-stale={stale}>
        <caption class="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.name} column={column} order={props.order} onOrder={props.onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} class={opens ? "table__row--opens" : undefined} onClick={(event) => open(event, row)}>
              {columns.map((column, at) => (
                <td key={column.name} data-label={column.label ?? labelOf(column.name)} data-minor={column.minor}>
                  <Way row={row} href={at === 0 ? href : undefined} onOpen={at === 0 ? onOpen : undefined}>
                    {column.cell === undefined ? sayField(row[column.name]) : column.cell(row)}
                  </Way>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface WayProps<R extends Row> {
  readonly row: R;
  readonly href: ((row: R) => string) | undefined;
  readonly onOpen: ((row: R) => void) | undefined;
  readonly children: ComponentChildren;
}

/** The first cell is the way in for those who use no pointer. */
function Way<R extends Row>({ row, href, onOpen, children }: WayProps<R>): JSX.Element {
  if (href !== undefined) {
    return (
      <a class="table__way" href={href(row)}>
        {children}
      </a>
    );
  }
  if (onOpen !== undefined) {
    return (
      <button class="table__way" type="button" onClick={() => onOpen(row)}>
        {children}
      </button>
    );
  }
  return <>{children}</>;
}

interface HeadProps<R> {
  readonly column: TableColumn<R>;
  readonly order: string | null;
  readonly onOrder: (sort: string) => void;
}

function Head<R>({ column, order, onOrder }: HeadProps<R>): JSX.Element {
  const { name, label = labelOf(name), minor } = column;
  const direction = order === name ? "ascending" : order === `-${name}` ? "descending" : undefined;
  return (
    <th scope="col" data-minor={minor} aria-sort={direction}>
      {column.sorts === true ? (
        <button
          class="table__sort"
          type="button"
          onClick={() => onOrder(direction === "ascending" ? `-${name}` : name)}
        >
          {label}
          {direction !== undefined && <Icon name={direction === "ascending" ? "up" : "down"} />}
        </button>
      ) : (
        label
      )}
    </th>
  );
}

const WAITING_ROWS = 6;

/** Where rows will be. */
export function Skeleton({ columns }: { columns: number }): JSX.Element {
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">Reading…</span>
      {Array.from({ length: WAITING_ROWS }, (_, row) => (
        <div key={row} class="skeleton__row">
          {Array.from({ length: columns }, (_, cell) => (
            <span key={cell} class="skeleton__bar" />
          ))}
        </div>
      ))}
    </div>
  );
}
