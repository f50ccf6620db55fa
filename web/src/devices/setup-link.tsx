/** What a device is set up with, shown this once: a claim code, or the link of an app that knows no codes. */

import type { ComponentChildren, JSX } from "preact";
import { CopyButton } from "../copy-button.tsx";
import { QrCode } from "../qr-code.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { ClaimCode } from "./claim-code.tsx";
import type { Handed } from "./device-api.ts";

export interface HandedOverProps {
  readonly title: string;
  readonly handed: Handed;
  /** What is different this time. */
  readonly children?: ComponentChildren;
  readonly onClose: () => void;
}

export function HandedOver({ title, handed, children, onClose }: HandedOverProps): JSX.Element {
  if (!("setup_link" in handed)) {
    return (
      <ClaimCode title={title} claim={handed} onClose={onClose}>
        {children}
      </ClaimCode>
    );
  }
  const link = handed.setup_link;
  const isTraccar = link.startsWith("http");
  return (
    <Dialog
      title={title}
      size="small"
      onClose={onClose}
      foot={
        <button class="button button--primary" type="button" onClick={onClose}>
          The phone has it
        </button>
      }
    >
      {children}
      <p>
        {isTraccar
          ? "In Traccar Client, scan this under Settings; or type the address below as its server."
          : "Scan this with the phone's camera and open it with OwnTracks; or open the link on the phone."}
      </p>
      <QrCode text={link} label="QR code with the link below" />
      <p class="claim">
        <code>{isTraccar ? link.replace(/\?.*$/, "") : "owntracks:///config…"}</code>
        <CopyButton text={link} label="Copy the link" />
      </p>
      <p class="hint">
        The link holds the tracker's secret, and is not shown again. It lets a phone say where this ambulance is, and nothing
        else. Where a link got lost, make a new one.
      </p>
    </Dialog>
  );
}
