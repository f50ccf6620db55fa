/** Dark or light: as the system says, until a person says otherwise. */

import { recall, remember } from "./memory.ts";

export type Theme = "dark" | "light";

const SYSTEM = window.matchMedia("(prefers-color-scheme: dark)");
/**
 * What the system says, kept from its events: reading `SYSTEM.matches` between a change and its event makes Chromium
 * forget to send the event.
 */
let system: Theme = SYSTEM.matches ? "dark" : "light";
const listeners = new Set<(theme: Theme) => void>();

function chosen(): Theme | null {
  const value = recall("theme");
  return value === "dark" || value === "light" ? value : null;
}

export function currentTheme(): Theme {
  return chosen() ?? system;
}

function apply(): void {
  const theme = currentTheme();
  document.documentElement.dataset["theme"] = theme;
  for (const listener of listeners) listener(theme);
}

/** Put the theme on the document and follow the system's from now on. */
export function startTheme(): void {
  SYSTEM.addEventListener("change", (event) => {
    system = event.matches ? "dark" : "light";
    apply();
  });
  apply();
}

export function toggleTheme(): void {
  const next: Theme = currentTheme() === "dark" ? "light" : "dark";
  // choosing what the system says is going back to following it
  remember("theme", next === system ? null : next);
  apply();
}

/** Call `listener` on each change; the returned function ends that. */
export function onTheme(listener: (theme: Theme) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
