/** What somebody hears who cannot look at the screen while moving; on until it is switched off. */

import { recall, remember } from "../memory.ts";
import { Observable } from "../shared/observable.ts";

const NAME = "exercise-sound";
const LOUDNESS = 0.3;

export type Tone = "valid" | "partial" | "set" | "done" | "held" | "tick" | "go";

interface Sounds {
  /** One after the other. */
  readonly pitchesHz: readonly number[];
  readonly toneS: number;
  readonly shakeMs: readonly number[];
}

/** Up is good, one low tone is not far enough: told apart by pitch and by rhythm. */
const SOUNDS: Readonly<Record<Tone, Sounds>> = {
  valid: { pitchesHz: [659, 880], toneS: 0.12, shakeMs: [60] },
  partial: { pitchesHz: [247], toneS: 0.3, shakeMs: [30, 60, 30] },
  set: { pitchesHz: [659, 880, 1_047], toneS: 0.14, shakeMs: [60, 60, 60] },
  done: { pitchesHz: [523, 659, 784, 1_047], toneS: 0.16, shakeMs: [120, 60, 120] },
  held: { pitchesHz: [1_175], toneS: 0.1, shakeMs: [] },
  tick: { pitchesHz: [440], toneS: 0.08, shakeMs: [] },
  go: { pitchesHz: [880], toneS: 0.25, shakeMs: [60] },
};

export class ExerciseSound {
  readonly on = new Observable(recall(NAME) !== "off");
  private context: AudioContext | null = null;

  toggle(): void {
    this.on.set(!this.on.value);
    remember(NAME, this.on.value ? null : "off");
    this.unlock();
    this.play("valid"); // whoever switches it on hears that it works
  }

  /** Become audible, in answer to a click: browsers allow it only then. */
  unlock(): void {
    if (!this.on.value || !("AudioContext" in window)) return;
    this.context ??= new AudioContext();
    if (this.context.state !== "running") void this.context.resume().catch(() => undefined);
  }

  play(tone: Tone): void {
    if (!this.on.value) return;
    const { pitchesHz, toneS, shakeMs } = SOUNDS[tone];
    if ("vibrate" in navigator && navigator.userActivation?.hasBeenActive === true) navigator.vibrate([...shakeMs]);
    const { context } = this;
    if (context?.state !== "running") return;
    pitchesHz.forEach((pitch, place) => {
      const [from, oscillator, gain] = [context.currentTime + place * toneS, context.createOscillator(), context.createGain()];
      oscillator.frequency.value = pitch;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02); // without the ramps it clicks
      gain.gain.setValueAtTime(LOUDNESS, from + toneS - 0.03);
      gain.gain.linearRampToValueAtTime(0, from + toneS);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(from);
      oscillator.stop(from + toneS);
    });
  }
}

export const sound = new ExerciseSound();
