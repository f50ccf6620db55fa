/** A status as a small label: its colour says how it is, its words what it is. */

import type { JSX } from "preact";
import { sayValue } from "./words.ts";

type Tone = "good" | "warn" | "bad" | "off" | "plain";

const TONES: Readonly<Record<string, Tone>> = {
  active: "good",
  arrived: "good",
  cancelled: "off",
  completed: "plain",
  denied: "bad",
  disabled: "bad",
  failed: "bad",
  missed: "bad",
  requested: "warn",
  revoked: "off",
  scheduled: "good",
};

export function StatusMark({ value, words }: { value: unknown; words?: string }): JSX.Element {
  if (typeof value !== "string") return <>–</>;
  return <span class={`mark-of mark-of--${TONES[value] ?? "plain"}`}>{words ?? sayValue(value)}</span>;
}
