/** Where it is, to be read out and to be copied. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { copy } from "./clipboard.ts";
import * as format from "./format.ts";
import { Icon } from "./icons.tsx";

const SAID_MS = 2_000;

export function CopyablePosition({ latitude, longitude }: { latitude: number; longitude: number }): JSX.Element {
  const [said, setSaid] = useState<"" | "Copied" | "Not copied: select it by hand">("");
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const onClick = (): void => {
    const text = `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;
    void copy(text).then((copied) => setSaid(copied ? "Copied" : "Not copied: select it by hand"));
  };
  return (
    <dd class="position">
      <span class="position__text">{format.coordinates(latitude, longitude)}</span>
      <button class="icon-button" type="button" aria-label="Copy the position" title="Copy" onClick={onClick}>
        <Icon name={said === "Copied" ? "check" : "copy"} />
      </button>
      <span class="position__said" role="status">
        {said}
      </span>
    </dd>
  );
}
