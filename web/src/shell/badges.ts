/** How many things wait on a page: shown beside its name in the menu. */

import { Observable, useObserved } from "../shared/observable.ts";

const badges = new Observable<Readonly<Record<string, number>>>({});

/** Say how many things wait at `path`. */
export function setBadge(path: string, count: number): void {
  if (badges.value[path] !== count) badges.set({ ...badges.value, [path]: count });
}

export function useBadges(): Readonly<Record<string, number>> {
  return useObserved(badges);
}
