/** What the shapes and colours of the map mean. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { LOST_S, STALE_S } from "./freshness.ts";
import { Icon, StatusIcon } from "./icons.tsx";
import { recall, remember } from "./memory.ts";
import { STATUSES, statusOf } from "./status.ts";

export function Legend({ attribution }: { attribution: string | null }): JSX.Element {
  const [open, setOpen] = useState(recall("legend") === "open");
  const toggle = (): void => {
    remember("legend", open ? null : "open");
    setOpen(!open);
  };
  return (
    <div class="legend">
      {open && (
        <div class="legend__card" id="legend">
          <button class="icon-button legend__close" type="button" aria-label="Close the legend" onClick={toggle}>
            <Icon name="close" />
          </button>
          <Marks />
          <p>{attribution ?? "Backdrop: Natural Earth"}</p>
        </div>
      )}
      <button class="button button--small" type="button" aria-expanded={open} aria-controls="legend" onClick={toggle}>
        <Icon name="key" />
        Legend
      </button>
    </div>
  );
}

/** Every mark with its word, as two lists. */
export function Marks(): JSX.Element {
  return (
    <>
      <ul class="marks">
        {STATUSES.map((status) => (
          <li key={status.code}>
            <StatusIcon status={status} />
            {status.label}
            {status.code === "offline" && <span class="marks__more">switched off</span>}
          </li>
        ))}
      </ul>
      <ul class="marks">
        <li>
          <span class="legend__arrow">
            <Icon name="arrow" />
          </span>
          Heading
        </li>
        <li>
          <StatusIcon status={statusOf("available")} freshness="stale" />
          Stale
          <span class="marks__more">{STALE_S} s and older</span>
        </li>
        <li>
          <StatusIcon status={statusOf("available")} freshness="lost" />
          No signal
          <span class="marks__more">{LOST_S / 60} min and older</span>
        </li>
        <li>
          <span class="marks__ring">12</span>
          Many on one spot
        </li>
      </ul>
    </>
  );
}
