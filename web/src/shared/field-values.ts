/** Between what stands in a form's input and what the hub stores: an input holds text, whatever the kind. */

import type { EntityColumn } from "./entity.ts";

/** A point as the API writes it. */
export interface PlaceValue {
  readonly latitude: number;
  readonly longitude: number;
}

function isPlace(value: unknown): value is PlaceValue {
  return typeof value === "object" && value !== null && "latitude" in value && "longitude" in value;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** A moment as `datetime-local` writes it: on the wall clock here. */
export function toLocalInput(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What an input shows of a stored value. */
export function toInput(column: EntityColumn, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (column.kind === "moment") return toLocalInput(String(value));
  if (column.kind === "time") return String(value).slice(0, 5);
  if (column.kind === "date") return String(value).slice(0, 10);
  if (column.kind === "place") return isPlace(value) ? `${value.latitude}, ${value.longitude}` : "";
  if (column.kind === "texts") return Array.isArray(value) ? value.join(", ") : "";
  return String(value);
}

/** "18.5204, 73.8567" as a point; null when it is none. */
export function readPlace(text: string): PlaceValue | null {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (match === null) return null;
  const [latitude, longitude] = [Number(match[1]), Number(match[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

/** What the hub is sent for an input's text; null for an empty one. Check with `complaintOf` first. */
export function fromInput(column: EntityColumn, text: string): unknown {
  const trimmed = column.kind === "text" ? text : text.trim();
  if (trimmed.trim() === "") return null;
  switch (column.kind) {
    case "integer":
    case "bigint":
    case "number":
      return Number(trimmed);
    case "boolean":
      return trimmed === "true";
    case "moment":
      return new Date(trimmed).toISOString();
    case "place":
      return readPlace(trimmed);
    case "texts":
      return trimmed.split(",").map((part) => part.trim()).filter((part) => part !== "");
    default:
      return trimmed;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: name.trim() }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What is wrong with an input's text, in words that say what to write; null when nothing is. */
export function complaintOf(column: EntityColumn, text: string, required: boolean): string | null {
  if (text.trim() === "") return required ? "This is needed." : null;
  const { kind, minimum, maximum, pattern } = column;
  if (kind === "integer" || kind === "bigint" || kind === "number" || kind === "money") {
    const value = Number(text);
    if (!Number.isFinite(value)) return "Write a number.";
    if (kind !== "number" && kind !== "money" && !Number.isInteger(value)) return "Write a whole number.";
    if (minimum !== null && value < minimum) return `At least ${minimum}.`;
    if (maximum !== null && value > maximum) return `At most ${maximum}.`;
  }
  if (kind === "place" && readPlace(text) === null) return "Write latitude and longitude, as in 18.5204, 73.8567.";
  if (kind === "moment" && Number.isNaN(Date.parse(text))) return "Write a day and a time.";
  if (column.name === "time_zone" && !isTimeZone(text)) return "Choose the name of a time zone, such as Asia/Kolkata.";
  if (kind === "text") {
    const length = [...text].length;
    if (minimum !== null && length < minimum) return `At least ${minimum} characters.`;
    if (maximum !== null && length > maximum) return `At most ${maximum} characters; these are ${length}.`;
    if (pattern !== null && !new RegExp(`^(?:${pattern})$`, "u").test(text)) return "This has another form.";
  }
  return null;
}
