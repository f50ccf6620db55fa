/** How somebody has set up the page, as the text that this browser keeps and that a link carries; nothing secret. */

import { BY_STATUS, isColumn } from "./order.ts";
import type { Column, Place, Sorting } from "./order.ts";
import { NO_FILTER } from "./selection.ts";
import type { Filter } from "./selection.ts";

/** What a row of the list may leave out. */
export type Extra = Extract<Column, "driver" | "speed" | "distance">;

export const EXTRAS: readonly { readonly extra: Extra; readonly label: string }[] = [
  { extra: "driver", label: "Driver" },
  { extra: "speed", label: "Speed" },
  { extra: "distance", label: "Distance" },
];

export interface MapPlace extends Place {
  readonly zoom: number;
}

export interface View {
  readonly filter: Filter;
  readonly sorting: Sorting;
  readonly extras: ReadonlySet<Extra>;
  /** The list is a table as wide as half of the window. */
  readonly wide: boolean;
  /** Where the map was moved to; null while it chooses by itself. */
  readonly at: MapPlace | null;
  /** Only what the map shows is asked of the hub. */
  readonly areaOnly: boolean;
  /** For a screen on a wall: the map, large counters, and nothing to operate. */
  readonly wall: boolean;
}

export const USUAL: View = {
  filter: NO_FILTER,
  sorting: BY_STATUS,
  extras: new Set<Extra>(["driver", "speed"]),
  wide: false,
  at: null,
  areaOnly: false,
  wall: false,
};

const TEXT_MAX = 200;

/** As `sort=-age&hide=available,offline`; only what is unusual, so that the usual view has no words at all. */
export function toText(view: View): string {
  const words = new URLSearchParams();
  const { filter, sorting, extras, at } = view;
  if (filter.text.trim() !== "") words.set("find", filter.text.slice(0, TEXT_MAX));
  if (filter.hidden.size > 0) words.set("hide", [...filter.hidden].sort().join(","));
  if (filter.overdueOnly) words.set("overdue", "");
  if (sorting.reversed || sorting.column !== USUAL.sorting.column) {
    words.set("sort", (sorting.reversed ? "-" : "") + sorting.column);
  }
  const shown = EXTRAS.map(({ extra }) => extra).filter((extra) => extras.has(extra));
  if (shown.join(",") !== [...USUAL.extras].join(",")) words.set("columns", shown.join(","));
  if (view.wide) words.set("wide", "");
  if (at !== null) words.set("at", `${at.latitude.toFixed(5)},${at.longitude.toFixed(5)},${at.zoom}`);
  if (view.areaOnly) words.set("area", "");
  if (view.wall) words.set("wall", "");
  return words.toString().replaceAll(/=(?=&|$)/g, "").replaceAll("%2C", ",");
}

/** Read what `toText` wrote, or somebody by hand; what makes no sense is as usual. */
export function fromText(text: string): View {
  const words = new URLSearchParams(text);
  const sort = words.get("sort") ?? "";
  const column = sort.replace(/^-/, "");
  const listed = (name: string): string[] => (words.get(name) ?? "").split(",").filter(Boolean);
  const columns = words.get("columns");
  return {
    filter: {
      text: (words.get("find") ?? "").slice(0, TEXT_MAX),
      hidden: new Set(listed("hide").filter((code) => /^[a-z_]{1,32}$/.test(code))),
      overdueOnly: words.has("overdue"),
    },
    sorting: isColumn(column) ? { column, reversed: sort.startsWith("-") } : USUAL.sorting,
    extras:
      columns === null
        ? USUAL.extras
        : new Set(EXTRAS.map(({ extra }) => extra).filter((extra) => listed("columns").includes(extra))),
    wide: words.has("wide"),
    at: placeIn(words.get("at")),
    areaOnly: words.has("area"),
    wall: words.has("wall"),
  };
}

function placeIn(text: string | null): MapPlace | null {
  if (text === null) return null;
  const [latitude, longitude, zoom, ...more] = text.split(",").map((word) => (word.trim() === "" ? NaN : Number(word)));
  if (latitude === undefined || longitude === undefined || zoom === undefined || more.length > 0) return null;
  const sound = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 22;
  return sound ? { latitude, longitude, zoom } : null;
}
