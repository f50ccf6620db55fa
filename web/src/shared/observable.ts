/** Something that many follow: a value, and who is told when it changes. */

import { useEffect, useState } from "preact/hooks";

export class Observable<T> {
  private readonly listeners = new Set<(value: T) => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    this.current = value;
    for (const listener of [...this.listeners]) listener(value);
  }

  /** Call `listener` on each change; the returned function ends that. */
  follow(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export function useObserved<T>(observable: Observable<T>): T {
  const [value, setValue] = useState(() => observable.value);
  useEffect(() => {
    setValue(() => observable.value);
    return observable.follow((next) => setValue(() => next));
  }, [observable]);
  return value;
}
