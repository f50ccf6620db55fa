/** What stands beside the map: a call, a unit, a call that is being taken; kept in the address, so that links lead there. */

import { setQuery, useWhereabouts } from "../shared/router.ts";

export type Panel =
  | { readonly kind: "call"; readonly id: string }
  | { readonly kind: "unit"; readonly id: number }
  | { readonly kind: "take" };

/** The lists of the board; on a phone the map is one of them. */
export const TABS = ["queue", "units", "messages", "map"] as const;
export type Tab = (typeof TABS)[number];

export function panelOf(query: string): Panel | null {
  const named = new URLSearchParams(query);
  if (named.has("take")) return { kind: "take" };
  const [call, unit] = [named.get("call"), Number(named.get("unit") ?? "0")];
  if (call !== null && call !== "") return { kind: "call", id: call };
  return Number.isInteger(unit) && unit > 0 ? { kind: "unit", id: unit } : null;
}

export function tabOf(query: string): Tab {
  const named = new URLSearchParams(query).get("tab");
  return TABS.find((tab) => tab === named) ?? "queue";
}

export interface PanelDoor {
  readonly panel: Panel | null;
  readonly onPanel: (panel: Panel | null) => void;
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}

export function usePanel(): PanelDoor {
  const { query } = useWhereabouts();
  return {
    panel: panelOf(query),
    onPanel: (panel) =>
      setQuery({
        call: panel?.kind === "call" ? panel.id : null,
        unit: panel?.kind === "unit" ? String(panel.id) : null,
        take: panel?.kind === "take" ? "1" : null,
      }),
    tab: tabOf(query),
    onTab: (tab) => setQuery({ tab: tab === "queue" ? null : tab }),
  };
}
