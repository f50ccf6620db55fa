/** Whether alarms would be heard here: a bar that stays until they would, with the test at the start of a shift. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { useObserved } from "../shared/observable.ts";
import type { BoardDesk } from "./board-desk.ts";
import type { Hearing } from "./hearing.ts";

const WORDS: Readonly<Record<Exclude<Hearing, "heard">, readonly [title: string, text: string]>> = {
  muted: ["This page is muted.", "Alarms are seen, and not heard."],
  blocked: ["This page cannot be heard yet.", "The browser lets it sound after your next click or key."],
  untested: ["Nobody has tested the sound in this shift.", "Do you hear it? Then alarms are heard too."],
};

export function SoundBar({ desk }: { desk: BoardDesk }): JSX.Element | null {
  const { sound } = desk;
  useObserved(sound.version);
  const [asked, setAsked] = useState(false);
  const hearing = sound.hearing(Date.now());
  if (hearing === "heard" && !asked) return null;
  const [title, text] = hearing === "heard" ? WORDS.untested : WORDS[hearing];
  const test = async (): Promise<void> => {
    setAsked(true);
    await sound.test();
  };
  const answer = async (heard: boolean): Promise<void> => {
    setAsked(false);
    if (heard) sound.heard(Date.now());
    else await sound.mute();
  };
  return (
    <div class="sound-bar" role="status" data-hearing={hearing}>
      <Icon name={hearing === "muted" ? "muted" : "sound"} />
      <span>
        <strong>{asked ? "Did you hear two tones?" : title}</strong> {asked ? "If not, look at the loudspeaker and its volume." : text}
      </span>
      {asked && (
        <>
          <button class="button button--small button--primary" type="button" onClick={() => void answer(true)}>
            I heard it
          </button>
          <button class="button button--small" type="button" onClick={() => void answer(false)}>
            I heard nothing
          </button>
        </>
      )}
      <button class="button button--small" type="button" onClick={() => void test()}>
        {asked ? "Again" : "Test the sound"}
      </button>
    </div>
  );
}
