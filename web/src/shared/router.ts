/** Which page the address names: real paths, so that Back, bookmarks and links to others work. */

import { useEffect, useRef } from "preact/hooks";
import { Observable, useObserved } from "./observable.ts";

export interface Whereabouts {
  readonly path: string;
  readonly query: string;
  /** What is searched for: kept beside the address, where no history and no log shows whose name it was. */
  readonly search: string;
  /** How many pages were gone to since the document was loaded: the first one takes no focus. */
  readonly steps: number;
}

/** Answers whether the page may be left; it may ask the person first. */
type Guard = () => Promise<boolean>;

const guards = new Set<Guard>();

/** What was searched for when this entry of the browser's history was left. */
function searched(): string {
  const kept: unknown = history.state;
  const search = typeof kept === "object" && kept !== null && "search" in kept ? kept.search : "";
  return typeof search === "string" ? search : "";
}

const whereabouts = new Observable<Whereabouts>({
  path: location.pathname,
  query: location.search,
  search: searched(),
  steps: 0,
});

function follow(steps: number): void {
  const { pathname: path, search: query } = location;
  whereabouts.set({ path, query, search: searched(), steps: whereabouts.value.steps + steps });
}

async function mayLeave(): Promise<boolean> {
  for (const guard of guards) if (!(await guard())) return false;
  return true;
}

/** Go to a page of this hub, unless something there is not saved and the person wants to stay. */
export async function navigate(to: string, { replace = false }: { replace?: boolean } = {}): Promise<void> {
  if (!(await mayLeave())) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  follow(1);
}

/** Keep what a page shows in its address: it stays the same page, and Back leads past it. */
export function setQuery(change: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(history.state, "", location.pathname + (text === "" ? "" : `?${text}`) + location.hash);
  follow(0);
}

/** Keep what is searched for with this entry of the history. */
export function setSearch(search: string): void {
  history.replaceState(search === "" ? null : { search }, "");
  follow(0);
}

async function onPopState(): Promise<void> {
  const { path, query } = whereabouts.value;
  const target = location.pathname + location.search + location.hash;
  if (location.pathname === path && location.search === query) return; // the fragment alone
  if (guards.size > 0 && location.pathname !== path) {
    history.pushState(null, "", path + query); // where the person is until they have answered
    await navigate(target);
  } else follow(location.pathname === path ? 0 : 1);
}

/** Whether a click asks for something else than to go there in this tab. */
function isSpecial(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
  return modified || event.defaultPrevented || link.target !== "" || link.hasAttribute("download");
}

/** Make plain links to paths that are pages lead there without loading the document anew. */
export function startRouter(isPage: (path: string) => boolean): () => void {
  const onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (link === null || isSpecial(event, link) || link.origin !== location.origin || !isPage(link.pathname)) return;
    event.preventDefault();
    void navigate(link.pathname + link.search + link.hash);
  };
  const onBack = (): void => void onPopState();
  document.addEventListener("click", onClick);
  addEventListener("popstate", onBack);
  return () => {
    document.removeEventListener("click", onClick);
    removeEventListener("popstate", onBack);
  };
}

export function useWhereabouts(): Whereabouts {
  return useObserved(whereabouts);
}

/** While `active`, `ask` decides whether the page may be left; the browser asks by itself before it closes the tab. */
export function useLeaveGuard(active: boolean, ask: Guard): void {
  const newest = useRef(ask);
  newest.current = ask;
  useEffect(() => {
    if (!active) return undefined;
    const guard: Guard = () => newest.current();
    const onUnload = (event: Event): void => event.preventDefault();
    guards.add(guard);
    addEventListener("beforeunload", onUnload);
    return () => {
      guards.delete(guard);
      removeEventListener("beforeunload", onUnload);
    };
  }, [active]);
}
