/** What a client needs of the place it runs in: sockets, time and chance; tests and other platforms bring their own. */

/** The part of the WebSocket interface that is used here. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount?: number;
  send(text: string): void;
  close(code?: number): void;
}

export interface Surroundings {
  /** Open a WebSocket; `headers` only for a client that signs in with a token. */
  open(url: string, protocols: string[], headers?: Readonly<Record<string, string>>): Socket;
  /** Milliseconds since 1970 of the local clock. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Run `task` after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Whether nobody can see the page, so that what is shown may be older. */
  hidden(): boolean;
  /** Call `task` whenever the network is back or the page is looked at again; the returned function ends that. */
  onWake(task: () => void): () => void;
}

/** Node's WebSocket takes headers in an object; browsers have no such thing and get a list of subprotocols alone. */
type Dial = new (url: string, how: string[] | { protocols: string[]; headers: Readonly<Record<string, string>> }) => Socket;

function open(url: string, protocols: string[], headers?: Readonly<Record<string, string>>): Socket {
  const Dial = globalThis.WebSocket as unknown as Dial | undefined;
  if (Dial === undefined) throw new TypeError("there is no WebSocket here: give `surroundings.open`, or use Node 22");
  return new Dial(url, headers === undefined ? protocols : { protocols, headers });
}

function onWake(task: () => void): () => void {
  if (typeof document === "undefined") return () => undefined;
  const looked = (): void => {
    if (!document.hidden) task();
  };
  addEventListener("online", task);
  addEventListener("pageshow", task);
  document.addEventListener("visibilitychange", looked);
  return () => {
    removeEventListener("online", task);
    removeEventListener("pageshow", task);
    document.removeEventListener("visibilitychange", looked);
  };
}

/** A browser, Node 22 and newer, and whatever else has WebSocket and timers. */
export const here: Surroundings = {
  open,
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  hidden: () => typeof document !== "undefined" && document.hidden,
  onWake,
};
