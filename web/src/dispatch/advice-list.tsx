/** Where free units should wait, so that the next call is reached in time; nobody has to follow it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import type { Advice } from "../generated/api.ts";
import { newKey } from "../shared/http.ts";
import { attempt } from "../shared/attempt.ts";
import { toast } from "../shared/toast.tsx";
import type { BoardDesk } from "./board-desk.ts";
import { readAdvice, writeToCrew } from "./board-api.ts";
import { sayTravel } from "./timers.ts";

const EVERY_MS = 60_000;

/** Asked for while somebody looks at the units. */
function useAdvice(): Advice | null {
  const [advice, setAdvice] = useState<Advice | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    readAdvice(signal).then(
      (read) => !signal.aborted && setAdvice(read),
      (error: unknown) => {
        if (!signal.aborted && !(error instanceof Problem)) throw error; // without an answer there is no advice
      },
    );
    const timer = setTimeout(() => setTurn((before) => before + 1), EVERY_MS);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [turn]);
  return advice;
}

export function AdviceList({ desk }: { desk: BoardDesk }): JSX.Element | null {
  const moves = useAdvice()?.moves ?? [];
  const tell = async (ambulance: number, plate: string, post: string): Promise<void> => {
    const sent = await attempt(async () => {
      desk.board.putMessages([await writeToCrew(ambulance, `Please wait at ${post}.`, newKey())]);
    });
    if (sent) toast(`${plate} is asked to wait at ${post}.`);
  };
  if (moves.length === 0) return null;
  return (
    <details class="advice">
      <summary>
        {moves.length} {moves.length === 1 ? "unit" : "units"} could wait at a better place
      </summary>
      <ul>
        {moves.map(({ ambulance_id: id, plate_number: plate, post, latitude, longitude, eta_s: eta, words }) => (
          <li key={id} title={words}>
            <span>
              <b>{plate}</b> to {post}, {sayTravel(eta)}
            </span>
            <button class="button button--small" type="button" onClick={() => desk.map?.panTo(latitude, longitude)}>
              Show
            </button>
            <button class="button button--small" type="button" onClick={() => void tell(id, plate, post)}>
              Ask them
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
