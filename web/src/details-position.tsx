/** Where it is, to be read out and to be copied. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import * as format from "./format.ts";
import { Icon } from "./icons.tsx";

const SAID_MS = 2_000;

/** Put `text` on the clipboard, also where the page is not in a secure context. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}

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
