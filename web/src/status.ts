/** The statuses an ambulance can have: a word, a colour and a shape each, so that no one of the three carries it alone. */

/** Okabe & Ito's palette (jfly.uni-koeln.de/color), told apart with every common colour blindness. */
export type Shape = "circle" | "diamond" | "star" | "square" | "hexagon" | "cross" | "bar" | "ring";

export interface Status {
  readonly code: string;
  readonly label: string;
  readonly colour: string;
  readonly shape: Shape;
  /** Sorting order: what needs eyes comes first. */
  readonly rank: number;
}

const ORDERED: readonly Omit<Status, "rank">[] = [
  { code: "dispatched", label: "Dispatched", colour: "#f0e442", shape: "diamond" },
  { code: "en_route", label: "En route", colour: "#e69f00", shape: "star" },
  { code: "on_scene", label: "On scene", colour: "#d55e00", shape: "square" },
  { code: "transporting", label: "Transporting", colour: "#56b4e9", shape: "hexagon" },
  { code: "at_hospital", label: "At hospital", colour: "#0072b2", shape: "cross" },
  { code: "available", label: "Available", colour: "#009e73", shape: "circle" },
  { code: "out_of_service", label: "Out of service", colour: "#cc79a7", shape: "bar" },
  { code: "offline", label: "Offline", colour: "#8a93a0", shape: "ring" },
];

export const STATUSES: readonly Status[] = ORDERED.map((status, rank) => ({ ...status, rank }));

const BY_CODE = new Map(STATUSES.map((status) => [status.code, status]));

/** Of an ambulance whose status is not for these eyes: a patient's. */
const UNTOLD: Status = { code: "", label: "Ambulance", colour: "#0072b2", shape: "cross", rank: STATUSES.length };

/** The status with this code; one that a newer hub may have invented is shown by its own name. */
export function statusOf(code: string | null): Status {
  if (code === null) return UNTOLD;
  const known = BY_CODE.get(code);
  if (known !== undefined) return known;
  const label = code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");
  return { code, label, colour: "#8a93a0", shape: "ring", rank: STATUSES.length };
}
