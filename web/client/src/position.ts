/** Where a viewer is in a channel's numbering, and what that makes of a delta. */

import type { Delta } from "./protocol.ts";

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export type Verdict = "apply" | "ignore" | "resync";

/** The viewer rule: apply iff the epoch is mine and base ≤ my offset < offset; older is ignored; a hole asks again. */
export function judge(mine: Position | null, delta: Pick<Delta, "epoch" | "base" | "offset">): Verdict {
  if (mine === null || delta.epoch !== mine.epoch) return "resync";
  if (delta.offset <= mine.offset) return "ignore";
  return delta.base <= mine.offset ? "apply" : "resync";
}
