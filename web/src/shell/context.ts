/** What every page may ask of the frame around it. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { User } from "../api.ts";
import type { IconName } from "../icons.tsx";

/** A page that is open to the person, as the menu shows it. */
export interface Way {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
  /** After `g`. */
  readonly key: string;
}

export interface Shell {
  readonly user: User;
  /** The person has changed what is shown of them. */
  readonly onUser: (user: User) => void;
  readonly signOut: () => void;
  readonly openHelp: () => void;
  /** The pages as a drawer, where there is no room for them beside the page. */
  readonly openMenu: () => void;
  /** In the order of the menu; empty until the rights are known. */
  readonly ways: readonly Way[];
  /** Where this person begins. */
  readonly landing: string;
}

export const ShellContext = createContext<Shell | null>(null);

/** The frame; only inside of it. */
export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === null) throw new Error("outside of the shell");
  return shell;
}
