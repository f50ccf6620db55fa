/** Makes a one-use link for somebody who has lost theirs, or their password. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Confirm } from "../shared/confirm.tsx";
import { Dialog } from "../shared/dialog.tsx";
import { newLink } from "./account-api.ts";
import type { OneTimeLink } from "./account-api.ts";
import { LinkToGive } from "./one-time-link.tsx";

type State = { readonly step: "idle" | "asking" } | { readonly step: "made"; readonly link: OneTimeLink };

export function NewLinkButton({ id, name }: { id: string; name: string }): JSX.Element {
  const [state, setState] = useState<State>({ step: "idle" });
  const close = (): void => setState((before) => (before.step === "asking" ? { step: "idle" } : before));
  return (
    <>
      <button class="button button--small" type="button" onClick={() => setState({ step: "asking" })}>
        New password link…
      </button>
      {state.step === "asking" && (
        <Confirm
          title={`A new password link for ${name}?`}
          deed="Make the link"
          onConfirm={async () => setState({ step: "made", link: await newLink(id) })}
          onClose={close}
        >
          <p>With it they choose a new password. Links that were made before stop working; their password works until then.</p>
        </Confirm>
      )}
      {state.step === "made" && (
        <Dialog title={`Link for ${name}`} onClose={() => setState({ step: "idle" })}>
          <LinkToGive link={state.link} name={name} />
        </Dialog>
      )}
    </>
  );
}
