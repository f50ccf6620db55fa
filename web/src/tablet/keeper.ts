/** Keeps the tablet's page in the browser, so that it opens in an outage too: a service worker, for /tablet alone. */

interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** What of a service worker's scope is used here; the types of pages know none. */
interface Scope {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
}

const worker = self as unknown as Scope;
const PAGE = "/tablet";
const ASSETS = "/assets/";
const KEPT = "tablet";
/** Longer than this nobody waits for a hub that may be away. */
const PATIENCE_MS = 4_000;

/** Keep the page as the hub has it now, with what it is made of, and nothing else. */
async function keep(answer: Response): Promise<void> {
  const cache = await caches.open(KEPT);
  const page = await answer.clone().text();
  const wanted = new Set(page.match(/\/assets\/[\w.-]+/g) ?? []);
  for (const asset of wanted) if ((await cache.match(asset)) === undefined) await cache.add(asset);
  await cache.put(PAGE, answer);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname !== PAGE && !wanted.has(pathname)) await cache.delete(url);
  }
}

async function ask(): Promise<Response> {
  const answer = await fetch(PAGE, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new TypeError(`the hub answered ${answer.status}`);
  return answer;
}

/** The page of the hub, else the one that was kept. */
async function open(event: Fetching): Promise<Response> {
  try {
    const answer = await ask();
    event.waitUntil(keep(answer.clone()).catch(() => undefined)); // a full browser keeps the one before
    return answer;
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

worker.addEventListener("install", (event) => {
  void worker.skipWaiting();
  event.waitUntil(ask().then(keep));
});

worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(open(event));
  else if (pathname.startsWith(ASSETS)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});

export {};
