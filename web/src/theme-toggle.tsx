/** The button between dark and light. */

import type { JSX } from "preact";
import { useTheme } from "./hooks.ts";
import { Icon } from "./icons.tsx";
import { toggleTheme } from "./theme.ts";

export function ThemeToggle(): JSX.Element {
  const theme = useTheme();
  const label = theme === "dark" ? "Use the light theme" : "Use the dark theme";
  return (
    <button class="icon-button" type="button" aria-label={label} title={label} onClick={toggleTheme}>
      <Icon name={theme === "dark" ? "sun" : "moon"} />
    </button>
  );
}
