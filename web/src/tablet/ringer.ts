/** What a crew hears and feels: an offer until it is answered, a recall until it is understood, a message once. */

export type Ring = "offer" | "recall" | "message";

interface Tones {
  readonly pitchesHz: readonly number[];
  readonly toneS: number;
  /** As the Vibration API takes it, ms. */
  readonly shake: readonly number[];
}

const TONES: Readonly<Record<Ring, Tones>> = {
  offer: { pitchesHz: [784, 988, 1_175, 988], toneS: 0.18, shake: [400, 120, 400, 120, 400] },
  recall: { pitchesHz: [660, 440, 660, 440], toneS: 0.3, shake: [900, 150, 900] },
  message: { pitchesHz: [880, 1_320], toneS: 0.12, shake: [180] },
};
const EVERY_MS = 2_000;
const LOUDNESS = 0.6;

export class Ringer {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private ringing: Ring | null = null;

  constructor(private readonly onAudible: (audible: boolean) => void) {}

  /** A touch allows the page to be heard: call it at each. */
  unlock(): void {
    this.context ??= new AudioContext();
    const context = this.context;
    if (context.state === "running") return this.onAudible(true);
    void context.resume().then(
      () => this.onAudible(context.state === "running"),
      () => this.onAudible(false),
    );
  }

  /** Ring on and on, or no more. */
  keepRinging(ring: Ring | null): void {
    if (ring === this.ringing) return;
    clearInterval(this.timer);
    this.ringing = ring;
    if (ring === null) return void this.shake([]);
    this.once(ring);
    this.timer = setInterval(() => this.once(ring), EVERY_MS);
  }

  once(ring: Ring): void {
    const { pitchesHz, toneS, shake } = TONES[ring];
    this.shake(shake);
    const { context } = this;
    if (context?.state !== "running") return;
    pitchesHz.forEach((pitch, place) => {
      const [from, tone, gain] = [context.currentTime + place * toneS, context.createOscillator(), context.createGain()];
      tone.type = "square"; // heard above an engine
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02); // without the ramps it clicks
      gain.gain.setValueAtTime(LOUDNESS, from + toneS - 0.04);
      gain.gain.linearRampToValueAtTime(0, from + toneS);
      tone.connect(gain).connect(context.destination);
      tone.start(from);
      tone.stop(from + toneS);
    });
  }

  private shake(pattern: readonly number[]): void {
    // Chromium refuses, and complains, before the page was touched
    if ("vibrate" in navigator && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate([...pattern]);
  }
}
