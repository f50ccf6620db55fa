/** Where a conversation is scrolled to: at its end while one is there, and where one was when older messages come. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message, Unsent } from "./records.ts";

/** Nearer to the end than this, one is at the end. */
const NEAR_PX = 80;

export interface Scroll {
  readonly box: { current: HTMLDivElement | null };
  /** Something new is below of what is in sight. */
  readonly behind: boolean;
  readonly toEnd: () => void;
  /** Older messages are about to come in above: what is in sight shall stay there. */
  readonly keepPlace: () => void;
}

export function useScroll(messages: readonly Message[], unsent: readonly Unsent[]): Scroll {
  const box = useRef<HTMLDivElement>(null);
  const [behind, setBehind] = useState(false);
  const atEnd = useRef(true);
  /** The distance to the end that is to be kept, once. */
  const kept = useRef<number | null>(null);
  const last = messages.at(-1)?.id;
  const first = messages[0]?.id;
  /** How mine stand that are not sent: what went wrong takes room too. */
  const pending = unsent.map(({ clientId, failure }) => `${clientId} ${failure ?? ""}`).join();
  const toEnd = (): void => {
    const room = box.current;
    if (room !== null) room.scrollTop = room.scrollHeight;
    setBehind(false);
  };
  useLayoutEffect(() => {
    const room = box.current;
    if (room === null) return undefined;
    const onScroll = (): void => {
      atEnd.current = room.scrollHeight - room.scrollTop - room.clientHeight < NEAR_PX;
      if (atEnd.current) setBehind(false);
    };
    room.addEventListener("scroll", onScroll, { passive: true });
    return () => room.removeEventListener("scroll", onScroll);
  }, []);
  useLayoutEffect(() => {
    const room = box.current;
    if (room !== null && kept.current !== null) room.scrollTop = room.scrollHeight - kept.current;
    kept.current = null;
  }, [first]);
  useLayoutEffect(() => {
    if (atEnd.current || unsent.length > 0) toEnd();
    else setBehind(true);
  }, [last, pending]);
  const keepPlace = (): void => {
    const room = box.current;
    if (room !== null) kept.current = room.scrollHeight - room.scrollTop;
  };
  return { box, behind, toEnd, keepPlace };
}
