/** Calls for help that nobody has taken care of: across the page, above everything, until somebody does. */

import type { JSX } from "preact";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { AlarmSound, EVERY_MS } from "./alarm-sound.ts";
import type { Sound } from "./alarm-sound.ts";
import type { Alarm, Settled } from "./alarms.ts";
import { Problem } from "./api.ts";
import type { FleetStore } from "./fleet-store.ts";
import { age, clockTime } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useKeys } from "./keys.ts";

export interface AlarmsPanelProps {
  readonly store: FleetStore;
  /** Bring the ambulance, or the place it called from, into view. */
  readonly onShow: (alarm: Alarm) => void;
  /** The page has a sound of its own for everything. */
  readonly silent?: boolean;
}

const TITLE = /^\(\d+ SOS\) /;
const FINAL = "Everybody sees that you take care of it. It is on record and cannot be taken back.";

export function AlarmsPanel({ store, onShow, silent = false }: AlarmsPanelProps): JSX.Element {
  useAlarms(store);
  const { waiting, settled } = store.alarms;
  const panel = useRef<HTMLElement>(null);
  useTitle(waiting.length);
  useKeys({ a: () => panel.current?.querySelector<HTMLElement>(".alarm")?.focus() }, waiting.length > 0);
  const nowUs = store.nowUs();
  return (
    <>
      <p class="visually-hidden" role="alert">
        {waiting[0] !== undefined && `Call for help: ${nameOf(waiting[0])}`}
      </p>
      {(waiting.length > 0 || settled.length > 0) && (
        <section class="alarms" ref={panel} aria-label="Calls for help" data-open={waiting.length}>
          {waiting.length > 0 && (
            <header class="alarms__head">
              <h2>{waiting.length === 1 ? "Call for help" : `${waiting.length} calls for help`}</h2>
              <p>Acknowledging is on record and cannot be taken back.</p>
              {!silent && <SoundToggle />}
            </header>
          )}
          <ul class="alarms__list">
            {waiting.map((alarm) => (
              <OpenAlarm key={alarm.id} alarm={alarm} nowUs={nowUs} store={store} onShow={onShow} />
            ))}
            {settled.map((one) => (
              <SettledAlarm key={one.alarm.id} settled={one} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface OpenAlarmProps extends Omit<AlarmsPanelProps, "silent"> {
  readonly alarm: Alarm;
  readonly nowUs: number;
}

function OpenAlarm({ alarm, nowUs, store, onShow }: OpenAlarmProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const acknowledge = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await store.alarms.acknowledge(alarm.id);
    } catch (problem) {
      setError(problem instanceof Problem ? problem.message : "That did not work.");
      setBusy(false);
    }
  };
  return (
    <li
      class="alarm"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() !== "a" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
        event.preventDefault();
        void acknowledge();
      }}
    >
      <Icon name="warning" />
      <div class="alarm__what">
        <strong class="alarm__plate">{nameOf(alarm)}</strong>
        <span class="alarm__when">
          SOS {age((nowUs - alarm.raisedAtUs) / 1e6)} ago, at {clockTime(alarm.raisedAtUs)}
        </span>
        {alarm.late && (
          <span class="alarm__late" title="The tablet could not reach the hub when the crew called.">
            arrived late
          </span>
        )}
      </div>
      {error !== null && (
        <p class="alarm__error" role="alert">
          Not acknowledged: {error}
        </p>
      )}
      <div class="alarm__deeds">
        <button class="button button--small" type="button" disabled={!isSomewhere(alarm)} onClick={() => onShow(alarm)}>
          Show on map
        </button>
        <button
          class="button button--small alarm__acknowledge"
          type="button"
          disabled={busy}
          title={FINAL}
          aria-description={FINAL}
          aria-keyshortcuts="A"
          onClick={() => void acknowledge()}
        >
          {busy ? "Acknowledging…" : "Acknowledge"} <kbd>A</kbd>
        </button>
      </div>
    </li>
  );
}

function SettledAlarm({ settled: { alarm } }: { settled: Settled }): JSX.Element {
  return (
    <li class="alarm alarm--settled" role="status">
      <Icon name="check" />
      <span>
        <strong>{nameOf(alarm)}</strong>: {alarm.acknowledgedBy ?? "somebody"} takes care of it
        {alarm.acknowledgedAtUs !== null && <>, since {clockTime(alarm.acknowledgedAtUs)}</>}
      </span>
    </li>
  );
}

const SOUND_WORDS: Readonly<Record<Sound, string>> = {
  off: "Sound off",
  on: "Sound on",
  blocked: "Sound on after your next click",
};

/** There while an alarm is open, so that it rings exactly as long. */
function SoundToggle(): JSX.Element {
  const sound = useMemo(() => new AlarmSound(), []);
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    const unlock = (): void => void sound.unlock().then(redraw);
    const timer = setInterval(() => sound.ring(), EVERY_MS);
    unlock();
    sound.ring();
    document.addEventListener("pointerdown", unlock);
    document.addEventListener("keydown", unlock);
    return () => {
      clearInterval(timer);
      document.removeEventListener("pointerdown", unlock);
      document.removeEventListener("keydown", unlock);
    };
  }, [sound]);
  return (
    <button
      class="alarms__sound"
      type="button"
      aria-pressed={sound.state !== "off"}
      onClick={() => void sound.toggle().then(redraw)}
    >
      {SOUND_WORDS[sound.state]}
    </button>
  );
}

/** Draw at every change, and each second while there is something whose age is shown. */
function useAlarms(store: FleetStore): void {
  const [, redraw] = useReducer((count: number, _: void) => count + 1, 0);
  useEffect(() => {
    const unfollow = store.alarms.onChange(redraw);
    const timer = setInterval(redraw, 1_000);
    return () => {
      unfollow();
      clearInterval(timer);
    };
  }, [store]);
}

/** A page in the background says it in its tab. */
function useTitle(open: number): void {
  useEffect(() => {
    const plain = document.title.replace(TITLE, "");
    document.title = open === 0 ? plain : `(${open} SOS) ${plain}`;
  }, [open]);
}

function nameOf(alarm: Alarm): string {
  return alarm.plateNumber ?? "An ambulance that is not here any more";
}

function isSomewhere(alarm: Alarm): boolean {
  return alarm.ambulanceId !== null || alarm.latitude !== null;
}
