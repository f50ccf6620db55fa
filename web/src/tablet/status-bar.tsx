/** Always in sight: which ambulance, whether the hub hears it, where it is, and what waits to be sent. */

import type { JSX } from "preact";
import { ThemeToggle } from "../theme-toggle.tsx";
import type { Vitals } from "./tablet-store.ts";
import { sayBacklog, sayConnection, sayTracking } from "./words.ts";
import type { Saying } from "./words.ts";

export interface StatusBarProps {
  readonly plate: string;
  readonly vitals: Vitals;
  readonly nowMs: number;
}

export function StatusBar({ plate, vitals, nowMs }: StatusBarProps): JSX.Element {
  return (
    <header class="tablet__bar">
      <h1>{plate}</h1>
      <ThemeToggle />
      <div class="tablet__signs" role="status">
        <Sign name="connection" saying={sayConnection(vitals.device, nowMs, navigator.onLine)} />
        <Sign name="gps" saying={sayTracking(vitals.tracking, nowMs)} />
        <Sign name="backlog" saying={sayBacklog(vitals.backlog, vitals.reports.length)} />
      </div>
      <p class="tablet__lock">
        {vitals.awake === "on" ? "Screen stays on. " : "Screen may go dark. "}
        <b>Tracking stops when the screen is locked.</b>
      </p>
    </header>
  );
}

function Sign({ name, saying }: { name: string; saying: Saying }): JSX.Element {
  return (
    <span class={`tablet-sign tablet-sign--${saying.tone}`} data-sign={name}>
      {saying.words}
    </span>
  );
}
