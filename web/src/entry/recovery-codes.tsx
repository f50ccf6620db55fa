/** The recovery codes, which are shown once: to be kept before going on. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { saveText } from "../clipboard.ts";
import { CopyButton } from "../copy-button.tsx";
import { Icon } from "../icons.tsx";

export interface RecoveryCodesProps {
  readonly email: string;
  readonly codes: readonly string[];
  /** What the button at the end says. */
  readonly done: string;
  readonly onDone: () => void;
}

/** Print the codes alone; the style sheet hides the rest. */
function print(): void {
  const root = document.documentElement;
  root.dataset["printing"] = "codes";
  window.print();
  delete root.dataset["printing"];
}

export function RecoveryCodes({ email, codes, done, onDone }: RecoveryCodesProps): JSX.Element {
  const [kept, setKept] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const text = `Arogya Hub recovery codes for ${email}\nEach one works once.\n\n${codes.join("\n")}\n`;
  return (
    <section class="codes" aria-labelledby="codes-title">
      <h2 id="codes-title" ref={title} tabIndex={-1}>
        Keep your recovery codes
      </h2>
      <p>
        If your phone is lost or empty, one of these takes the place of its code. Each works once. They are not shown
        again.
      </p>
      <p class="codes__whose">For {email} at Arogya Hub</p>
      <ol class="codes__list">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="codes__deeds">
        <CopyButton text={text} label="Copy" />
        <button class="button button--small" type="button" onClick={() => saveText("arogya-recovery-codes.txt", text)}>
          <Icon name="download" />
          Download
        </button>
        <button class="button button--small" type="button" onClick={print}>
          Print
        </button>
      </div>
      <label class="check">
        <input type="checkbox" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
        <span>I have put these codes where I can find them without this computer.</span>
      </label>
      <button class="button button--primary" type="button" disabled={!kept} onClick={onDone}>
        {done}
      </button>
    </section>
  );
}
