/** The declared tables, as forms and lists ask for them. */

import { ENTITIES } from "../generated/entities.ts";
import type { Entity, EntityColumn } from "../generated/entities.ts";

export type { Entity, EntityColumn } from "../generated/entities.ts";

const TABLES: Readonly<Record<string, Entity>> = ENTITIES;

/** The declaration of a table of the records API. */
export function entityOf(table: string): Entity {
  const entity = TABLES[table];
  if (entity === undefined) throw new Error(`no such table: ${table}`);
  return entity;
}

export function columnOf(table: string, name: string): EntityColumn | null {
  return TABLES[table]?.columns.find((column) => column.name === name) ?? null;
}

/** "an appointment" → "appointment". */
export function nounOf(entity: Entity): string {
  return entity.singular.replace(/^an? /, "");
}
