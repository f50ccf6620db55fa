/** Over everything else, and heard: a call that is not theirs any more, or something that did not count. */

import type { JSX } from "preact";
import type { Loud } from "./crew-state.ts";

export function LoudNotice({ loud, onUnderstood }: { loud: Loud; onUnderstood: () => void }): JSX.Element {
  return (
    <section class={`tablet-over tablet-loud tablet-loud--${loud.kind}`} role="alertdialog" aria-label={loud.title}>
      <h2>{loud.title}</h2>
      <p>{loud.words}</p>
      <button class="tablet-button tablet-button--next" type="button" onClick={onUnderstood}>
        Understood
      </button>
    </section>
  );
}
