/** For whom a visit is to be booked next: somebody new is in no list that the desk could choose them from. */

import { Observable } from "../shared/observable.ts";
import { navigate } from "../shared/router.ts";

export interface Booking {
  readonly id: string;
  readonly name: string;
}

export const booking = new Observable<Booking | null>(null);

/** Go to the visits, and ask there when the visit is to be. */
export async function bookFor(patient: Booking): Promise<void> {
  booking.set(patient);
  await navigate("/appointments");
}
