/** Where this device is: every fix the browser gives, at the rate that the hub asks for. */

import { fixOfGeolocation } from "@arogya/client";
import type { DeviceFix } from "@arogya/client";

export type Tracking =
  /** Nothing has come yet. */
  | { readonly state: "looking" }
  | { readonly state: "fixed"; readonly accuracyM: number; readonly atMs: number; readonly latitude: number; readonly longitude: number }
  /** The person, or the machine, does not allow it. */
  | { readonly state: "denied" }
  | { readonly state: "lost"; readonly why: string };

const PRECISE: PositionOptions = { enableHighAccuracy: true, maximumAge: 0 };
/** A receiver that stands still may say nothing: it is asked again after so long. */
const SILENT_MS = 8_000;
/** Two fixes of which the second comes a little early are two. */
const EARLY_MS = 150;

export class Tracker {
  /** Seconds between two fixes, as the hub wants them. */
  intervalS = 1;
  private watch: number | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private heardAtMs = 0;
  private givenAtMs = 0;

  constructor(
    private readonly onFix: (fix: DeviceFix) => void,
    private readonly onTracking: (tracking: Tracking) => void,
  ) {}

  /** Begin; asks the person the first time. */
  start(): void {
    if (this.watch !== null) return;
    if (!("geolocation" in navigator)) return this.onTracking({ state: "lost", why: "This browser has no geolocation." });
    this.onTracking({ state: "looking" });
    this.watch = navigator.geolocation.watchPosition(this.take, this.fail, PRECISE);
    this.timer = setInterval(() => this.ask(), SILENT_MS / 2);
  }

  stop(): void {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    clearInterval(this.timer);
    this.watch = null;
  }

  /** Somebody has allowed it meanwhile, or wants to be asked again. */
  restart(): void {
    this.stop();
    this.start();
  }

  private ask(): void {
    if (document.hidden || Date.now() - this.heardAtMs < Math.max(SILENT_MS, this.intervalS * 1000)) return;
    navigator.geolocation.getCurrentPosition(this.take, this.fail, { ...PRECISE, timeout: SILENT_MS });
  }

  private readonly take = (position: GeolocationPosition): void => {
    const { coords, timestamp } = position;
    const nowMs = Date.now();
    this.heardAtMs = nowMs;
    const { latitude, longitude } = coords;
    this.onTracking({ state: "fixed", accuracyM: coords.accuracy, atMs: nowMs, latitude, longitude });
    if (timestamp - this.givenAtMs < this.intervalS * 1000 - EARLY_MS) return;
    this.givenAtMs = timestamp;
    this.onFix(fixOfGeolocation(position));
  };

  private readonly fail = (error: GeolocationPositionError): void => {
    if (error.code === error.PERMISSION_DENIED) this.onTracking({ state: "denied" });
    else this.onTracking({ state: "lost", why: "No position: is the phone under a roof, or its location switched off?" });
  };
}
