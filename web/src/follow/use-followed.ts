/** One call as it goes on: read once, then told by its own channel, with the ambulance on another. */

import { LiveClient } from "@arogya/client";
import type { Change, Connection } from "@arogya/client";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { drawTicket, liveUrl } from "../fleet-store.ts";
import { sessionHasEnded, useRenewals } from "../shell/session-end.ts";
import { readCall } from "./calls-api.ts";
import type { OwnRequest } from "./calls-api.ts";
import type { Picture } from "./place-map.tsx";
import { isOpen } from "./steps.ts";

export interface Followed {
  readonly request: OwnRequest | null;
  readonly problem: Problem | null;
  /** The ambulance on the map; null while there is none. */
  readonly picture: Picture | null;
  readonly phase: Connection["phase"] | null;
  /** The hub's clock, ms. */
  readonly nowMs: () => number;
  readonly readAgain: () => void;
}

export function useFollowed(id: string): Followed {
  const [request, setRequest] = useState<OwnRequest | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [phase, setPhase] = useState<Connection["phase"] | null>(null);
  const [reads, setReads] = useState(0);
  const renewals = useRenewals();
  useEffect(() => {
    let left = false;
    readCall(id).then(
      (found) => {
        if (left) return;
        setProblem(null);
        setRequest((before) => ({ ...before, ...found }));
      },
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        if (!left) setProblem(error);
      },
    );
    return () => {
      left = true;
    };
  }, [id, reads, renewals]);
  const open = request !== null && isOpen(request.status);
  const ambulanceId = open ? (request.ambulance?.id ?? null) : null;
  const live = useMemo(() => {
    if (!open) return null;
    const listeners = new Set<(change: Change) => void>();
    const client = new LiveClient({
      url: liveUrl(location),
      ticket: drawTicket,
      channel: ambulanceId === null ? null : `ambulance:${ambulanceId}`,
      events: [
        {
          channel: `request:${id}`,
          start: () => Promise.resolve(null), // each of its events says everything
          onEvents: (events) => {
            const newest = events.at(-1);
            if (newest !== undefined) setRequest((before) => ({ ...before, ...(newest.body as unknown as OwnRequest) }));
          },
          onRefused: () => setReads((count) => count + 1), // the right has ended with the call
        },
      ],
      onChange: (change) => listeners.forEach((listener) => listener(change)),
      onConnection: (connection) => {
        setPhase(connection.phase);
        if (connection.phase === "signed_out") sessionHasEnded();
        // the ambulance has gone to somebody else: how the call stands says the hub
        if (connection.phase === "refused") setReads((count) => count + 1);
      },
    });
    const onChange = (listener: (change: Change) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    const nowUs = (): number => client.clock.nowUs(Date.now());
    return { client, picture: { fleet: client.fleet, nowUs, onChange } };
  }, [id, open, ambulanceId, renewals]);
  useEffect(() => {
    live?.client.start();
    return () => live?.client.stop();
  }, [live]);
  const nowMs = (): number => (live === null ? Date.now() : live.picture.nowUs() / 1000);
  const picture = ambulanceId === null ? null : (live?.picture ?? null);
  return { request, problem, picture, phase: live === null ? null : phase, nowMs, readAgain: () => setReads((count) => count + 1) };
}
