/** Somebody's initials, in a colour that stays theirs. */

import type { JSX } from "preact";

/** Hues that are told apart on light and dark ground; none is that of an alarm. */
const HUES = [205, 160, 265, 30, 190, 90, 300, 230] as const;

function initialsOf(name: string): string {
  const words = name.replace(/^Dr\.?\s+/i, "").split(/\s+/).filter((word) => word !== "");
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => Array.from(word ?? "")[0] ?? "");
  return letters.join("").toUpperCase();
}

export function Avatar({ id, name }: { id: string; name: string }): JSX.Element {
  const sum = Array.from(id).reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0);
  return (
    <span class="avatar" style={{ "--hue": HUES[sum % HUES.length] }} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
