/** Seven days side by side, or below each other on a phone, with the windows where they are in the day. */

import type { JSX } from "preact";
import { Icon } from "../icons.tsx";
import { blocksOf, DAYS, hoursOf, sayWindow, timeOf } from "./week.ts";
import type { Window } from "./week.ts";
import type { Draft } from "./window-dialog.tsx";

export interface WeekGridProps {
  readonly windows: readonly Window[];
  /** Begins a change; null where nothing may be changed. */
  readonly onDraft: ((draft: Draft) => void) | null;
}

export function WeekGrid({ windows, onDraft }: WeekGridProps): JSX.Element {
  const [first, last] = hoursOf(windows);
  const hours = Array.from({ length: last - first }, (_, at) => first + at);
  return (
    <div class="week" style={{ "--hours": String(hours.length) }}>
      <div class="week__hours" aria-hidden="true">
        {hours.map((hour) => (
          <span key={hour}>{timeOf(hour * 60)}</span>
        ))}
      </div>
      {DAYS.map((name, at) => (
        <Day key={name} day={at + 1} name={name} first={first} windows={windows} onDraft={onDraft} />
      ))}
    </div>
  );
}

interface DayProps extends WeekGridProps {
  readonly day: number;
  readonly name: string;
  readonly first: number;
}

function Day({ day, name, first, windows, onDraft }: DayProps): JSX.Element {
  const blocks = blocksOf(windows, day);
  const addAt = (event: MouseEvent): void => {
    const column = event.currentTarget;
    // a click on a window means that window
    if (onDraft === null || !(column instanceof HTMLElement) || event.target !== column) return;
    const hour = first + Math.floor(event.offsetY / Number.parseFloat(getComputedStyle(column).getPropertyValue("--hour")));
    onDraft({ day, start: timeOf(hour * 60), end: timeOf((hour + 4) * 60), window: null });
  };
  return (
    <section class="week__day" aria-label={name}>
      <header>
        <h3>{name}</h3>
        {onDraft !== null && (
          <button
            class="icon-button"
            type="button"
            aria-label={`Add hours on ${name}`}
            title={`Add hours on ${name}`}
            onClick={() => onDraft({ day, start: "09:00", end: "13:00", window: null })}
          >
            <Icon name="plus" />
          </button>
        )}
      </header>
      <div class="week__column" data-adds={onDraft !== null} onClick={addAt}>
        {blocks.length === 0 && <span class="week__none">No hours</span>}
        {blocks.map(({ window, from, to }) => {
          const words = sayWindow(window);
          const place = { "--from": String(from / 60 - first), "--length": String((to - from) / 60) };
          return onDraft === null ? (
            <div key={window.id} class="week__block" style={place}>
              {words}
            </div>
          ) : (
            <button
              key={window.id}
              class="week__block"
              type="button"
              style={place}
              aria-label={`Change ${name} ${words}`}
              onClick={() =>
                onDraft({
                  day: window.day_of_week,
                  start: window.start_time.slice(0, 5),
                  end: window.end_time.slice(0, 5),
                  window,
                })
              }
            >
              {words}
            </button>
          );
        })}
      </div>
    </section>
  );
}
