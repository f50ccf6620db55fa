/** Alarms of dispatch: across the board, heard, and there until somebody acknowledges them. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { EVERY_MS } from "../alarm-sound.ts";
import { Problem } from "../api.ts";
import { age } from "../format.ts";
import { Icon } from "../icons.tsx";
import { useKeys } from "../keys.ts";
import { attempt } from "../shared/attempt.ts";
import { sayAlert } from "./alert-words.ts";
import type { BoardDesk } from "./board-desk.ts";
import { showAlert } from "./deeds.ts";
import { timeWithSeconds } from "./marks.tsx";
import { nameOfCall } from "./picture.ts";
import type { Alert } from "./shapes.ts";

const TITLE = /^\(\d+!\) /;

/** Ring while anything waits: an alarm of dispatch, or a crew that calls for help. */
function useRinging(desk: BoardDesk, count: number): void {
  const { sound } = desk;
  useEffect(() => {
    const unlock = (): void => void sound.unlock();
    unlock();
    for (const kind of ["pointerdown", "keydown"] as const) document.addEventListener(kind, unlock);
    return () => {
      for (const kind of ["pointerdown", "keydown"] as const) document.removeEventListener(kind, unlock);
    };
  }, [sound]);
  useEffect(() => {
    if (count === 0) return undefined;
    sound.ring();
    const timer = setInterval(() => sound.ring(), EVERY_MS);
    return () => clearInterval(timer);
  }, [sound, count > 0]);
}

/** A page in the background says it in its tab. */
function useTitle(count: number): void {
  useEffect(() => {
    const plain = document.title.replace(TITLE, "");
    document.title = count === 0 ? plain : `(${count}!) ${plain}`;
  }, [count]);
}

export function BoardAlarms({ desk }: { desk: BoardDesk }): JSX.Element {
  const { alarms } = desk.board;
  const help = desk.store.alarms.waiting.length;
  const panel = useRef<HTMLElement>(null);
  useRinging(desk, alarms.length + help);
  useTitle(alarms.length);
  // a crew that calls for help comes first, and has the same key
  useKeys({ a: () => panel.current?.querySelector<HTMLElement>(".alarm")?.focus() }, alarms.length > 0 && help === 0);
  return (
    <>
      <p class="visually-hidden" role="alert">
        {alarms[0] !== undefined && `Alarm: ${sayAlert(alarms[0])}`}
      </p>
      {alarms.length > 0 && (
        <section class="alarms board-alarms" ref={panel} aria-label="Alarms" data-open={alarms.length}>
          <header class="alarms__head">
            <h2>{alarms.length === 1 ? "Alarm" : `${alarms.length} alarms`}</h2>
            <p>Acknowledging is on record and cannot be taken back.</p>
            <AllThatAreOver desk={desk} alarms={alarms} />
          </header>
          <ul class="alarms__list">
            {alarms.map((alert) => (
              <OpenAlert key={alert.id} alert={alert} desk={desk} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What has settled itself while nobody looked: one key less for each. */
function AllThatAreOver({ desk, alarms }: { desk: BoardDesk; alarms: readonly Alert[] }): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  const over = alarms.filter(({ resolved_at: at }) => at !== null);
  if (over.length < 2) return null;
  const acknowledge = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => {
      for (const { id } of over) await desk.board.acknowledge(id);
    });
    setBusy(false);
  };
  return (
    <button class="alarms__sound" type="button" disabled={busy} onClick={() => void acknowledge()}>
      Acknowledge the {over.length} that are over
    </button>
  );
}

function OpenAlert({ alert, desk }: { alert: Alert; desk: BoardDesk }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const call = alert.request_id === null ? undefined : desk.views.get(alert.request_id)?.call;
  const acknowledge = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await desk.board.acknowledge(alert.id);
    } catch (problem) {
      setError(problem instanceof Problem ? problem.message : "That did not work.");
      setBusy(false);
    }
  };
  return (
    <li
      class="alarm"
      tabIndex={-1}
      data-kind={alert.kind}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() !== "a" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
        event.preventDefault();
        void acknowledge();
      }}
    >
      <Icon name="siren" />
      <div class="alarm__what">
        <strong class="alarm__plate">{sayAlert(alert)}</strong>
        <span class="alarm__when">
          {call !== undefined && `P${call.priority} ${nameOfCall(call)} · `}
          {age((desk.nowMs - Date.parse(alert.raised_at)) / 1000)} ago, at {timeWithSeconds(alert.raised_at)}
          {alert.resolved_at !== null && " · no longer so"}
        </span>
      </div>
      {error !== null && (
        <p class="alarm__error" role="alert">
          Not acknowledged: {error}
        </p>
      )}
      <div class="alarm__deeds">
        <button class="button button--small" type="button" onClick={() => showAlert(desk, alert)}>
          Show
        </button>
        <button
          class="button button--small alarm__acknowledge"
          type="button"
          disabled={busy}
          aria-keyshortcuts="A"
          onClick={() => void acknowledge()}
        >
          {busy ? "Acknowledging…" : "Acknowledge"} <kbd>A</kbd>
        </button>
      </div>
    </li>
  );
}
