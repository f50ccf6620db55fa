/** Small pictures, drawn in the colour of the text around them. */

import type { JSX } from "preact";
import type { Freshness } from "./freshness.ts";
import { OUTLINES, SHAPE_BOX } from "./shapes.ts";
import type { Status } from "./status.ts";

const BOX = `0 0 ${SHAPE_BOX} ${SHAPE_BOX}`;

/** The status as on the map: its shape in its colour, dashed when stale, hollow and struck out without a signal. */
export function StatusIcon({ status, freshness = "live" }: { status: Status; freshness?: Freshness }): JSX.Element {
  const look = freshness === "none" ? "lost" : freshness;
  return (
    <svg class={`status-icon status-icon--${look}`} viewBox={BOX} aria-hidden="true">
      <path d={OUTLINES[status.shape]} fill={status.colour} fill-rule="evenodd" />
      {look === "lost" && <path class="status-icon__strike" d="M3 21 21 3" />}
    </svg>
  );
}

const LINES = {
  search: "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
  check: "M5 12.500l4.5 4.500L19 7.500",
  dot: "M12 9.500a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5z",
  close: "M6 6 18 18M18 6 6 18",
  sun: "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM12 2v2.500M12 19.500V22M2 12h2.500M19.5 12H22M5 5l1.7 1.700M17.3 17.3 19 19M5 19l1.7-1.700M17.3 6.7 19 5",
  moon: "M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500z",
  leave: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  frame: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  key: "M4 6h4v4H4zM4 14h4v4H4zM11.5 8H20M11.5 16H20",
  eye: "M2 12s3.5-6.5 10-6.500S22 12 22 12s-3.5 6.5-10 6.500S2 12 2 12zM12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6z",
  back: "M15 6l-6 6 6 6",
  forward: "M9 6l6 6-6 6",
  pulse: "M3 12h4l2.5-7 5 14 2.500-7h4",
  list: "M5 4h14v16H5zM8.5 9h7M8.5 13h7M8.5 17h4",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M13 4.500v5M7 14.500v5",
  link: "M10 14a4 4 0 0 1 0-5.700l3-3a4 4 0 0 1 5.7 5.7l-1.5 1.500M14 10a4 4 0 0 1 0 5.700l-3 3a4 4 0 0 1-5.7-5.700l1.5-1.500",
  help: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM9.5 9.500a2.5 2.5 0 1 1 3.6 2.200c-.8.500-1.1 1-1.1 2M12 16.500v.6",
  screen: "M3 5h18v11H3zM9 20h6M12 16v4",
  target: "M12 5a7 7 0 1 0 0 14a7 7 0 0 0 0-14zM12 2v5M12 17v5M2 12h5M17 12h5",
  pin: "M12 21c-1-4-6-6-6-11a6 6 0 1 1 12 0c0 5-5 7-6 11zM12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4z",
  arrow: "M12 3 19 20 12 16 5 20z",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  refresh: "M20 5v5h-5M19.5 10A8 8 0 1 0 20 14",
  history: "M4 5v5h5M4.5 10A8 8 0 1 1 4 14M12 8v4.500l3 2",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  route: "M6 20a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5zM18 9a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5zM8.5 17.500H15a3 3 0 0 0 0-6H9a3 3 0 0 1 0-6h6.500",
  square: "M6 6h12v12H6z",
  chevron: "M6 9l6 6 6-6",
  menu: "M4 7h16M4 12h16M4 17h16",
  ambulance: "M3 7h11v9H3zM14 10h4l3 3v3h-7zM7 18.500a1.700 1.700 0 1 0 0-3.400a1.700 1.700 0 0 0 0 3.400zM17.500 18.500a1.700 1.700 0 1 0 0-3.400a1.700 1.700 0 0 0 0 3.400zM8.500 9.200v4M6.500 11.200h4",
  people: "M9 11.500a3.500 3.500 0 1 0 0-7a3.500 3.500 0 0 0 0 7zM2.500 20c0-3.600 2.900-6 6.500-6s6.500 2.400 6.500 6M15.500 4.800a3.500 3.500 0 0 1 0 6.400M18 14.600c2.100.900 3.500 2.900 3.500 5.400",
  person: "M12 11.500a4 4 0 1 0 0-8a4 4 0 0 0 0 8zM4.500 20.500c0-4 3.300-6.500 7.500-6.500s7.500 2.500 7.500 6.500",
  doctor: "M6 3H4.500v5a4.500 4.500 0 0 0 9 0V3H12M9 12.500V15a5 5 0 0 0 10 0v-2.500M19 12.500a2 2 0 1 0 0-4a2 2 0 0 0 0 4z",
  building: "M5 21V4h9v17M14 10h5v11M3 21h18M8 8h3M8 12h3M8 16h3",
  calendar: "M4 6h16v14H4zM4 10.500h16M8 3.500v4M16 3.500v4M8 14h3M8 17h3",
  device: "M6 3h12v18H6zM10.500 18h3",
  mail: "M3 6h18v13H3zM3.500 7l8.500 6.500L20.500 7",
  shield: "M12 3l8 3v5.500c0 5-3.400 8-8 9.500c-4.600-1.500-8-4.500-8-9.500V6zM8.500 12l2.500 2.500 4.500-5",
  book: "M5 4h10a4 4 0 0 1 4 4v12H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h5",
  edit: "M4 20l1-4L16.500 4.500l3 3L8 19zM14 7l3 3",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
  phone: "M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A16 16 0 0 1 4 5a1 1 0 0 1 1-1z",
  sound: "M4 9.500v5h3.500l4.500 4v-13l-4.500 4zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
  muted: "M4 9.500v5h3.500l4.500 4v-13l-4.500 4zM16 9.500l5 5M21 9.500l-5 5",
  print: "M7 8V4h10v4M7 17H4V8h16v9h-3M7 14h10v6H7z",
  talk: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
  siren: "M6 17v-4a6 6 0 0 1 12 0v4M4 20v-3h16v3zM12 3.500V5M4.500 6l1.200 1.200M19.500 6l-1.200 1.200",
  exercise: "M4 9v6M7 6.500v11M17 6.500v11M20 9v6M7 12h10",
  warning: "M12 3.5 22 20.500H2zM12 10v5M12 17.500v.6",
} as const;

export type IconName = keyof typeof LINES;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox={BOX} aria-hidden="true">
      <path d={LINES[name]} />
    </svg>
  );
}

/** A heart line inside a shield: the product's mark. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark__ground" width="32" height="32" rx="8" />
      <path class="mark__line" d="M5 17h5.500l2.5-8 5 14 3-9 1.5 3H27" />
    </svg>
  );
}
