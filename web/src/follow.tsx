/** Staying with an ambulance: what the map says of it, and the way back after looking around. */

import type { JSX } from "preact";
import { Icon } from "./icons.tsx";

/** `off`: not asked for · `on`: the camera goes along · `strayed`: it did, until somebody dragged the map. */
export type Following = "off" | "on" | "strayed";

export interface FollowChipProps {
  readonly plate: string;
  readonly following: Following;
  readonly onFollow: (following: Following) => void;
}

export function FollowChip({ plate, following, onFollow }: FollowChipProps): JSX.Element {
  const on = following === "on";
  return (
    <button
      class={`follow follow--${following}`}
      type="button"
      aria-pressed={on}
      title={on ? "Let it go (F)" : "Keep it in view (F)"}
      onClick={() => onFollow(on ? "off" : "on")}
    >
      <Icon name="target" />
      <span>{on ? "Following" : following === "strayed" ? "Follow again" : "Follow"}</span> <b>{plate}</b>
      {on && <Icon name="close" />}
    </button>
  );
}
