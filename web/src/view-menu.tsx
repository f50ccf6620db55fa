/** How the page is set up: columns, how much of the fleet is asked for, and a link to all of it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { Popover } from "./popover.tsx";
import { EXTRAS, toText } from "./view.ts";
import type { Extra, View } from "./view.ts";

export interface ViewMenuProps {
  readonly view: View;
  readonly onView: (change: Partial<View>) => void;
  readonly onReset: () => void;
}

export function ViewMenu({ view, onView, onReset }: ViewMenuProps): JSX.Element {
  const toggle = (extra: Extra): void => {
    const extras = new Set(view.extras);
    if (!extras.delete(extra)) extras.add(extra);
    onView({ extras });
  };
  return (
    <Popover name="view" label="View" face={<Icon name="sliders" />}>
      <fieldset class="menu">
        <legend>Columns</legend>
        {EXTRAS.map(({ extra, label }) => (
          <Switch key={extra} label={label} on={view.extras.has(extra)} onToggle={() => toggle(extra)} />
        ))}
        <Switch label="Wide table" on={view.wide} onToggle={() => onView({ wide: !view.wide })} only="wide" />
      </fieldset>
      <fieldset class="menu">
        <legend>Data</legend>
        <Switch
          label="Only what the map shows"
          hint="For thin lines and phones: the hub sends nothing of the rest."
          on={view.areaOnly}
          onToggle={() => onView({ areaOnly: !view.areaOnly })}
        />
      </fieldset>
      <div class="menu menu--actions">
        <CopyLink view={view} />
        <button class="button button--small" type="button" onClick={onReset}>
          Reset view
        </button>
      </div>
    </Popover>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly onToggle: () => void;
  readonly only?: "wide";
}

function Switch({ label, hint, on, onToggle, only }: SwitchProps): JSX.Element {
  return (
    <label class={`switch${only === undefined ? "" : ` switch--${only}`}`}>
      <input type="checkbox" role="switch" checked={on} onChange={onToggle} />
      <span>
        {label}
        {hint !== undefined && <span class="switch__hint">{hint}</span>}
      </span>
    </label>
  );
}

/** The address of this view: whoever opens it has to sign in as usual. */
export function linkTo(view: View): string {
  const text = toText(view);
  return location.origin + location.pathname + (text === "" ? "" : `#${text}`);
}

function CopyLink({ view }: { view: View }): JSX.Element {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => setSaid(null), 2500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(linkTo(view));
      setSaid("Copied");
    } catch {
      setSaid("Copy it from the address bar"); // the browser keeps its clipboard closed, over plain http for one
    }
  };
  return (
    <button class="button button--small" type="button" onClick={() => void copy()}>
      <Icon name="link" />
      <span role="status">{said ?? "Copy link"}</span>
    </button>
  );
}
