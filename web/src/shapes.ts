/** The outlines of the status shapes, once, for the canvas of the map and for the icons of the list. */

import type { Shape } from "./status.ts";

/** The square that every outline is drawn in; its middle is the position. */
export const SHAPE_BOX = 24;

/** SVG path data; the ring needs the even-odd rule. */
export const OUTLINES: Readonly<Record<Shape, string>> = {
  circle: "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16z",
  diamond: "M12 2.2 21.8 12 12 21.8 2.2 12z",
  star: "M12 1.8 15 8.6 22.4 9.3 16.9 14.2 18.5 21.5 12 17.7 5.5 21.5 7.1 14.2 1.6 9.3 9 8.6z",
  square: "M4.5 4.5h15v15h-15z",
  hexagon: "M12 2.4 20.6 7.2v9.6L12 21.6 3.4 16.8V7.2z",
  cross: "M8.6 3h6.8v5.6H21v6.8h-5.6V21H8.600v-5.600H3V8.600h5.600z",
  bar: "M2.5 8h19v8h-19z",
  ring: "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16zM12 8.200a3.8 3.8 0 1 0 0 7.600a3.8 3.8 0 1 0 0-7.600z",
};
