/** The hub's HTTP interface for those who are not in yet. */

import { call } from "../api.ts";

/** A second factor that is being set up. */
export interface TotpStart {
  /** Base32, for those who type it. */
  readonly secret: string;
  /** `otpauth://…`, for the QR code. */
  readonly uri: string;
}

/** `code`: of the second factor that is in force, where there is one already. */
export const startTotp = (email: string, password: string, code?: string): Promise<TotpStart> =>
  call<TotpStart>("POST", "/totp", { email, password, ...(code === undefined ? {} : { code }) });

/** The answer holds the recovery codes, this once. */
export const confirmTotp = async (email: string, password: string, code: string): Promise<readonly string[]> =>
  (await call<{ recovery_codes: string[] }>("POST", "/totp/confirm", { email, password, code })).recovery_codes;

/** What a patient says of themselves; what is empty is left out. */
export interface Registration {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly phone?: string;
  readonly date_of_birth?: string;
  readonly gender?: string;
  readonly blood_type?: string;
  readonly address?: string;
}

export const register = (registration: Registration): Promise<unknown> => call("POST", "/registrations", registration);

/** Ask for a link to a new password; the answer is the same for every address. */
export const askForReset = (email: string): Promise<unknown> => call("POST", "/password_resets", { email });
