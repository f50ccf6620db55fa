/** Two tones while a call for help is open, for those who want to hear it: off until somebody switches it on. */

import { recall, remember } from "./memory.ts";

const NAME = "alarm-sound";
/** An urgent alarm after IEC 60601-1-8: two pitches, repeated after a pause. */
const PITCHES_HZ = [784, 1_047] as const;
const TONE_S = 0.22;
const LOUDNESS = 0.25;
export const EVERY_MS = 2_500;

/** off · on · `blocked`: on, but the browser lets no page be heard before somebody has clicked on it. */
export type Sound = "off" | "on" | "blocked";

export class AlarmSound {
  private wanted = recall(NAME) === "on";
  private context: AudioContext | null = null;

  get state(): Sound {
    if (!this.wanted) return "off";
    return this.context?.state === "running" ? "on" : "blocked";
  }

  /** Switch it on or off, in answer to a click: the first tones say that it works. */
  async toggle(): Promise<void> {
    this.wanted = !this.wanted;
    remember(NAME, this.wanted ? "on" : null);
    if (this.wanted) await this.unlock();
    this.ring();
  }

  /** Become audible, if a click or a key has allowed it. */
  async unlock(): Promise<void> {
    if (!this.wanted) return;
    this.context ??= new AudioContext();
    if (this.context.state !== "running") await this.context.resume();
  }

  /** Be heard once, and stay switched on: the test at the start of a shift. Whether the browser let it. */
  async test(): Promise<boolean> {
    this.wanted = true;
    remember(NAME, "on");
    await this.unlock();
    this.ring();
    return this.state === "on";
  }

  ring(): void {
    const { context } = this;
    if (!this.wanted || context?.state !== "running") return;
    PITCHES_HZ.forEach((pitch, place) => {
      const [from, tone, gain] = [context.currentTime + place * TONE_S, context.createOscillator(), context.createGain()];
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02); // without the ramps it clicks
      gain.gain.setValueAtTime(LOUDNESS, from + TONE_S - 0.04);
      gain.gain.linearRampToValueAtTime(0, from + TONE_S);
      tone.connect(gain).connect(context.destination);
      tone.start(from);
      tone.stop(from + TONE_S);
    });
  }
}
