/** One instant of an ambulance's way, as the receiver gives it and as it travels. */

/** Degrees WGS 84, m/s, degrees clockwise from true north, metres; null for what the receiver did not give. */
export interface DeviceFix {
  /** Microseconds since 1970 by the device's own clock. */
  readonly recordedAtUs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly speed?: number | null;
  readonly heading?: number | null;
  /** Radius of one standard deviation. */
  readonly accuracy?: number | null;
  /** Above the ellipsoid. */
  readonly altitude?: number | null;
}

export type WireAlarm = readonly [kind: "sos", id: string];

export type WireFix =
  | readonly [number, number, number, number | null, number | null, number | null, number | null]
  | readonly [number, number, number, number | null, number | null, number | null, number | null, WireAlarm];

/** What the Geolocation API hands to a page. */
export interface GeolocationFix {
  readonly timestamp: number;
  readonly coords: {
    readonly latitude: number;
    readonly longitude: number;
    readonly speed: number | null;
    readonly heading: number | null;
    readonly accuracy: number;
    readonly altitude: number | null;
  };
}

/**
 * Take what `navigator.geolocation.watchPosition` gives. Its accuracy is kept as it is: the standard says it is the radius
 * of 95 %, phones hand on one of 68 %, and too large is better than too small.
 */
export function fixOfGeolocation({ timestamp, coords }: GeolocationFix): DeviceFix {
  const { latitude, longitude, speed, heading, accuracy, altitude } = coords;
  return { recordedAtUs: Math.round(timestamp * 1000), latitude, longitude, speed, heading, accuracy, altitude };
}

export function wireOf(fix: DeviceFix, alarmId: string | null): WireFix {
  const { recordedAtUs, latitude, longitude } = fix;
  const row = [
    Math.round(recordedAtUs),
    latitude,
    longitude,
    known(fix.speed),
    known(fix.heading),
    known(fix.accuracy),
    known(fix.altitude),
  ] as const;
  return alarmId === null ? row : [...row, ["sos", alarmId]];
}

/** The same instant, calling for help. */
export function withAlarm(fix: WireFix, alarmId: string): WireFix {
  const [recordedAtUs, latitude, longitude, speed, heading, accuracy, altitude] = fix;
  return [recordedAtUs, latitude, longitude, speed, heading, accuracy, altitude, ["sos", alarmId]];
}

export function alarmOf(fix: WireFix): string | null {
  return fix[7]?.[1] ?? null;
}

/** NaN (a heading while standing) and what is left out are nothing. */
function known(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}
