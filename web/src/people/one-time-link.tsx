/** A link that works once and is shown once: copied now, or made anew later. */

import type { JSX } from "preact";
import { CopyButton } from "../copy-button.tsx";
import { sayMoment } from "../shared/words.ts";
import type { OneTimeLink } from "./account-api.ts";

export function LinkToGive({ link, name }: { link: OneTimeLink; name: string }): JSX.Element {
  if (link.activation_link === null) {
    return (
      <p class="note" role="status">
        {link.emailed
          ? `A link went to ${name} by email. It works until ${sayMoment(link.expires_at)}, and only once.`
          : `${name} has no email address, and so needs no link: there is no account to sign in to yet.`}
      </p>
    );
  }
  return (
    <>
      <p>
        Give this link to {name}: with it they choose their password. It works once, until{" "}
        {sayMoment(link.expires_at)}, and is shown only here and now.
      </p>
      <SecretText label="Link" text={link.activation_link} copy="Copy the link" />
    </>
  );
}

/** Something to hand over, whole even where it is longer than the window. */
export function SecretText({ label, text, copy }: { label: string; text: string; copy: string }): JSX.Element {
  return (
    <div class="copied">
      <input
        readOnly
        aria-label={label}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton text={text} label={copy} />
    </div>
  );
}
