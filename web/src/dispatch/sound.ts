/** The sound of the board: heard as long as an alarm waits, tested when a shift begins, and never silently off. */

import { AlarmSound } from "../alarm-sound.ts";
import { recall, remember } from "../memory.ts";
import { Observable } from "../shared/observable.ts";
import { hearingOf } from "./hearing.ts";
import type { Hearing } from "./hearing.ts";

const TESTED = "dispatch-sound-tested";
function readTested(): number | null {
  const at = Number(recall(TESTED) ?? "");
  return Number.isFinite(at) && at > 0 ? at : null;
}

export class BoardSound {
  /** Raised at every change. */
  readonly version = new Observable(0);
  private readonly sound = new AlarmSound();
  private testedAtMs = readTested();

  hearing(nowMs: number): Hearing {
    return hearingOf(this.sound.state, this.testedAtMs, nowMs);
  }

  /** Ring once, in answer to a click; the person then says whether it was heard. */
  async test(): Promise<void> {
    await this.sound.test();
    this.changed();
  }

  /** Somebody has heard it: good for a shift. */
  heard(nowMs: number): void {
    this.testedAtMs = nowMs;
    remember(TESTED, String(nowMs));
    this.changed();
  }

  async mute(): Promise<void> {
    if (this.sound.state !== "off") await this.sound.toggle();
    this.changed();
  }

  /** A click or a key may have allowed it. */
  async unlock(): Promise<void> {
    if (navigator.userActivation?.hasBeenActive === false) return; // browsers complain of pages that try
    const before = this.sound.state;
    await this.sound.unlock();
    if (this.sound.state !== before) this.changed();
  }

  ring(): void {
    this.sound.ring();
  }

  private changed(): void {
    this.version.set(this.version.value + 1);
  }
}
