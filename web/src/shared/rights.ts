/** What the person who is signed in may do, as the hub says it; pages show nothing that would be refused. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { call, Problem } from "../api.ts";
import type { User } from "../api.ts";

export interface TableRights {
  readonly read: boolean;
  /** The fields of a new record; empty where none can be made. */
  readonly create: readonly string[];
  /** The fields that can be changed in some record. */
  readonly change: readonly string[];
  readonly remove: boolean;
  /** The fields that can be read of some record. */
  readonly fields: readonly string[];
}

export interface Rights {
  readonly codes: readonly string[];
  readonly tables: Readonly<Record<string, TableRights>>;
  readonly actions: readonly string[];
}

const NONE: TableRights = { read: false, create: [], change: [], remove: false, fields: [] };
const NO_RIGHTS: Rights = { codes: [], tables: {}, actions: [] };

/** Those who may watch the whole fleet. */
export function watchesFleet(user: User): boolean {
  return user.role === "admin" || user.duty !== null;
}

/** The rights, and questions about them. */
export class May {
  constructor(
    readonly rights: Rights,
    readonly user: User,
  ) {}

  table(name: string): TableRights {
    return this.rights.tables[name] ?? NONE;
  }

  read(table: string): boolean {
    return this.table(table).read;
  }

  create(table: string): boolean {
    return this.table(table).create.length > 0;
  }

  change(table: string): boolean {
    return this.table(table).change.length > 0;
  }

  remove(table: string): boolean {
    return this.table(table).remove;
  }

  /** Whether `action`, a line of the access matrix, is allowed somewhere. */
  act(action: string): boolean {
    return this.rights.actions.includes(action) || this.rights.actions.includes(`${action.split(".")[0]}.*`);
  }

  has(...codes: readonly string[]): boolean {
    return codes.some((code) => this.rights.codes.includes(code));
  }
}

export const MayContext = createContext<May | null>(null);

/** The rights of the person who is signed in; only inside of the shell. */
export function useMay(): May {
  const may = useContext(MayContext);
  if (may === null) throw new Error("outside of the shell");
  return may;
}

const RETRY_MS = 3_000;

/** Ask the hub what `user` may do, again until it answers; null until then. */
export function useAskedRights(user: User): May | null {
  const [may, setMay] = useState<May | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    call<Rights>("GET", "/rights").then(
      (rights) => !left && setMay(new May(rights, user)),
      (error: unknown) => {
        if (left) return;
        if (error instanceof Problem && error.status === 404) setMay(new May(NO_RIGHTS, user));
        else timer = setTimeout(() => setAttempt(attempt + 1), RETRY_MS);
      },
    );
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [user.id, attempt]);
  return may;
}
