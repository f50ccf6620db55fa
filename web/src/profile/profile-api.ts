/** The hub's HTTP interface of one's own account. */

import { call } from "../api.ts";

/** A sign-in that lives. */
export interface SessionItem {
  readonly id: string;
  readonly client: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_seen_at: string;
  readonly user_agent: string | null;
  readonly current: boolean;
}

export interface SecondFactor {
  readonly enabled: boolean;
  readonly required: boolean;
  readonly confirmed_at: string | null;
  readonly recovery_codes_left: number;
}

export interface Me {
  readonly id: string;
  readonly name: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly time_zone?: string | null;
}

export const endSession = (id: string): Promise<null> => call<null>("DELETE", `/sessions/${id}`);

/** Every session ends with it, this one too. */
export const changePassword = (id: string, current: string, next: string): Promise<null> =>
  call<null>("POST", `/users/${id}/password`, { current_password: current, new_password: next });

/** The answer holds the codes, this once; those before do not count any more. */
export const renewRecoveryCodes = async (code: string): Promise<readonly string[]> =>
  (await call<{ recovery_codes: string[] }>("POST", "/totp/recovery_codes", { code })).recovery_codes;
