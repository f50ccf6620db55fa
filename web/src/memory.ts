/** What this browser remembers between visits; nothing secret, and nothing that is missed when storage is off. */

const PREFIX = "arogya.";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Remember `value`, or forget the name when it is null. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // private windows may refuse: the page works without
  }
}
