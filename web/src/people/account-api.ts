/** What is done to accounts beside changing their fields. */

import { call } from "../api.ts";
import { create } from "../shared/http.ts";
import type { Row } from "../shared/http.ts";

/** A way in that works once; null where it went to the person by email. */
export interface OneTimeLink {
  readonly activation_link: string | null;
  readonly emailed: boolean;
  readonly expires_at: string | null;
}

export interface Invited extends OneTimeLink {
  readonly user: Row;
}

export interface UserSession {
  readonly id: string;
  readonly client: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_seen_at: string;
  readonly user_agent: string | null;
  readonly current?: boolean;
}

export interface BrokenGlass extends Row {
  readonly patient_id: string;
  readonly reason: string;
  readonly granted_at: string;
  readonly expires_at: string;
}

export const invite = async (person: object, key: string): Promise<Invited> =>
  (await create<Invited>("/users", person, key)).body;

/** A new link for somebody who has lost theirs, or their password. */
export const newLink = async (id: string): Promise<OneTimeLink> =>
  (await create<OneTimeLink>(`/users/${id}/invite`, {})).body;

const deed = async (id: string, name: string, body: object = {}): Promise<void> => {
  await create<unknown>(`/users/${id}/${name}`, body);
};

export const disable = (id: string): Promise<void> => deed(id, "disable");
export const enable = (id: string): Promise<void> => deed(id, "enable");
export const pseudonymise = (id: string): Promise<void> => deed(id, "pseudonymise");
export const setRole = (id: string, role: object): Promise<void> => deed(id, "role", role);

/** A code that stands in for the second factor once. */
export const bypassCode = async (id: string): Promise<{ code: string; expires_at: string }> =>
  (await create<{ code: string; expires_at: string }>(`/users/${id}/totp_bypass`, {})).body;

export const endSession = (id: string): Promise<null> => call<null>("DELETE", `/sessions/${id}`);

export const breakGlass = async (patient: string, reason: string, minutes: number, key: string): Promise<BrokenGlass> =>
  (await create<BrokenGlass>("/break_glass", { patient_id: patient, reason, minutes }, key)).body;
