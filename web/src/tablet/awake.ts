/** Keeps the screen on while the page is looked at: a locked phone tells nobody where it is. */

export type Awake = "on" | "off" | "unsupported";

export class ScreenKeeper {
  private sentinel: WakeLockSentinel | null = null;
  private wanted = false;
  private hiddenAtMs: number | null = null;

  constructor(
    private readonly onAwake: (awake: Awake) => void,
    /** The page was out of sight for so long. */
    private readonly onReturn: (hiddenMs: number) => void,
  ) {}

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    document.addEventListener("visibilitychange", this.look);
    void this.hold();
  }

  stop(): void {
    this.wanted = false;
    document.removeEventListener("visibilitychange", this.look);
    void this.sentinel?.release().catch(() => undefined);
  }

  private readonly look = (): void => {
    if (document.hidden) this.hiddenAtMs = Date.now();
    else {
      if (this.hiddenAtMs !== null) this.onReturn(Date.now() - this.hiddenAtMs);
      this.hiddenAtMs = null;
      void this.hold(); // the browser lets go of it whenever the page is out of sight
    }
  };

  private async hold(): Promise<void> {
    if (!("wakeLock" in navigator)) return this.onAwake("unsupported");
    if (!this.wanted || document.hidden) return;
    try {
      this.sentinel = await navigator.wakeLock.request("screen");
      this.sentinel.addEventListener("release", () => this.onAwake("off"));
      this.onAwake("on");
    } catch {
      this.onAwake("off"); // a low battery, or an iPhone that saves power
    }
  }
}
