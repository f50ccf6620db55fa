/** Which route a path belongs to: `/people/{id}` matches `/people/7`. */

export interface Match<R> {
  readonly route: R;
  /** What stands in the place of `{id}`; empty where there is none. */
  readonly id: string;
}

export function matchPath<R extends { readonly path: string }>(routes: readonly R[], path: string): Match<R> | null {
  const parts = path.replace(/(.)\/$/, "$1").split("/");
  for (const route of routes) {
    const wanted = route.path.split("/");
    if (wanted.length !== parts.length) continue;
    const at = wanted.indexOf("{id}");
    if (wanted.every((part, index) => index === at || part === parts[index])) {
      const id = at < 0 ? "" : decodeURIComponent(parts[at] ?? "");
      if (at < 0 || id !== "") return { route, id };
    }
  }
  return null;
}
