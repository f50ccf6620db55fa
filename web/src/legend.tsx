/** What the shapes and colours of the map mean. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { OFFLINE_S, STALE_S } from "./freshness.ts";
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
          <ul>
            {STATUSES.map((status) => (
              <li key={status.code}>
                <StatusIcon status={status} />
                {status.label}
              </li>
            ))}
          </ul>
          <ul>
            <li>
              <span class="legend__arrow">
                <Icon name="arrow" />
              </span>
              Heading
            </li>
            <li>
              <StatusIcon status={statusOf("available")} freshness="stale" />
              Stale: {STALE_S} s and older
            </li>
            <li>
              <StatusIcon status={statusOf("available")} freshness="offline" />
              Offline: {OFFLINE_S / 60} min and older
            </li>
          </ul>
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
