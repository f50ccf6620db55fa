/** A claim code, shown this once: to be scanned by the device, typed into it, or copied. */

import type { ComponentChildren, JSX } from "preact";
import { CopyButton } from "../copy-button.tsx";
import { QrCode } from "../qr-code.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { sayMoment } from "../shared/words.ts";
import type { Claim } from "./device-api.ts";

export interface ClaimCodeProps {
  readonly title: string;
  readonly claim: Claim;
  /** What is different this time. */
  readonly children?: ComponentChildren;
  readonly onClose: () => void;
}

/** What the camera reads: a phone that scans it opens the page /tablet with the code; a sensor takes the code alone. */
function scanned({ kind, claim_code }: Claim): string {
  return kind === "tablet" ? `${location.origin}/tablet#claim=${claim_code}` : claim_code;
}

export function ClaimCode({ title, claim, children, onClose }: ClaimCodeProps): JSX.Element {
  return (
    <Dialog
      title={title}
      size="small"
      onClose={onClose}
      foot={
        <button class="button button--primary" type="button" onClick={onClose}>
          The device has it
        </button>
      }
    >
      {children}
      <p>
        {claim.kind === "tablet"
          ? "Scan this with a phone, and its browser becomes the tablet; or type the code into another tablet."
          : "Scan this with the device, or type the code into it."}{" "}
        It works once, until {sayMoment(claim.claim_expires_at)}, and is not shown again.
      </p>
      <QrCode text={scanned(claim)} label="QR code with the claim code below" />
      <p class="claim">
        <code>{claim.claim_code}</code>
        <CopyButton text={claim.claim_code} label="Copy the code" />
      </p>
      <p class="hint">
        The code becomes a secret that nobody sees, not even here. A code that got lost does no harm: make a new one, and it
        stops working.
      </p>
    </Dialog>
  );
}
