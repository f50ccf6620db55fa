/** A button that puts a text on the clipboard, and says whether that worked. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { copy } from "./clipboard.ts";
import { Icon } from "./icons.tsx";

const SAID_MS = 2_500;

export interface CopyButtonProps {
  readonly text: string;
  /** What the button says, for example "Copy the key". */
  readonly label: string;
}

export function CopyButton({ text, label }: CopyButtonProps): JSX.Element {
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    if (copied === null) return undefined;
    const timer = setTimeout(() => setCopied(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button class="button button--small" type="button" onClick={() => void copy(text).then(setCopied)}>
      <Icon name={copied === true ? "check" : "copy"} />
      <span role="status">{copied === null ? label : copied ? "Copied" : "Not copied: select it by hand"}</span>
    </button>
  );
}
