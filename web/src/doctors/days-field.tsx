/** Chooses days of the week: one, or several at once. */

import type { JSX } from "preact";
import { DAYS } from "./week.ts";

export interface DaysFieldProps {
  /** ISO weekdays, 1 = Monday. */
  readonly days: readonly number[];
  readonly several: boolean;
  readonly onDays: (days: readonly number[]) => void;
}

export function DaysField({ days, several, onDays }: DaysFieldProps): JSX.Element {
  const choose = (day: number, chosen: boolean): void => {
    if (!several) onDays([day]);
    else onDays(chosen ? [...days, day].sort() : days.filter((one) => one !== day));
  };
  return (
    <fieldset class="days">
      <legend>{several ? "On these days" : "On"}</legend>
      {DAYS.map((name, at) => (
        <label key={name} class="days__day">
          <input
            type={several ? "checkbox" : "radio"}
            name="day"
            checked={days.includes(at + 1)}
            onChange={(event) => choose(at + 1, event.currentTarget.checked)}
          />
          <span title={name}>
            {name.slice(0, 2)}
            <span class="visually-hidden">{name.slice(2)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
