/** Does something that needs no window: what the hub has against it is said in a toast. */

import { Problem } from "../api.ts";
import { explainProblem } from "./problems.tsx";
import { toastFailure } from "./toast.tsx";

/** Whether it was done. */
export async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
  try {
    await deed();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    toastFailure(explainProblem(error));
    return false;
  }
}
