/** What a client needs of the place it runs in: sockets, time and chance; tests bring their own. */

/** The part of the WebSocket interface that is used here. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface Surroundings {
  open(url: string, protocols: string[]): Socket;
  /** Milliseconds since 1970 of the local clock. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Run `task` after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
}

export const browser: Surroundings = {
  open: (url, protocols) => new WebSocket(url, protocols) as unknown as Socket,
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
