// Written by web/generate.py (`make web-types`): do not edit.

/** What the link carried, and the chosen password (12 to 128 characters, any Unicode). */
export interface Activation {
  readonly token: string;
  readonly password: string;
}

/** A call for help; `raised_at` is when the crew called, `received_at` when the hub heard of it. */
export interface Alarm {
  readonly id: string;
  readonly kind: string;
  readonly ambulance: AlarmedAmbulance | null;
  readonly raised_at: string;
  readonly received_at: string;
  readonly late: boolean;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: AlarmAnswerer | null;
}

/** Who took care of it. */
export interface AlarmAnswerer {
  readonly id: string;
  readonly name: string;
}

/** A page of alarms, newest first; what happens after it comes on the live channel `alarms` from this position. */
export interface AlarmList {
  readonly items: readonly Alarm[];
  readonly next_cursor: string | null;
  readonly epoch: string;
  readonly offset: number;
}

/** Which ambulance called. */
export interface AlarmedAmbulance {
  readonly id: number;
  readonly plate_number: string;
}

/** An ambulance, with the fields that the caller may read. */
export interface Ambulance {
  readonly id: number;
  readonly plate_number?: string;
  readonly driver_name?: string | null;
  readonly status?: string;
  readonly eta?: string | null;
  readonly current_location?: Location | null;
}

/** A page of ambulances by id. */
export interface AmbulanceList {
  readonly items: readonly Ambulance[];
  readonly next_cursor: string | null;
}

/** The code that an admin got for the device. */
export interface Claim {
  readonly code: string;
}

/** Where the tablet is mounted. */
export interface ClaimedAmbulance {
  readonly id: number;
  readonly plate_number: string;
}

/** What the device keeps; the secret is shown this once. */
export interface ClaimedDevice {
  readonly device_id: number;
  readonly ambulance: ClaimedAmbulance | null;
  readonly secret: string;
}

/** Who asks. */
export interface Current {
  readonly user: User;
  readonly session: Session;
}

/** Send it as `ticket.<…>` beside `hub.v1` in the subprotocol list, from the same Origin, once. */
export interface IssuedTicket {
  readonly ticket: string;
  readonly expires_at: string;
}

/** The event loop answers. */
export interface Live {
  readonly status?: "alive";
}

/** Where an ambulance was last seen; degrees, m/s, m; `age_s` counts from the answer. */
export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  readonly speed: number | null;
  readonly heading: number | null;
  readonly accuracy: number | null;
  readonly fix_at: string;
  readonly age_s: number;
}

/** The backdrop: tiles where a server is configured, roads where a file is. */
export interface Map {
  readonly tile_url: string | null;
  readonly attribution: string | null;
  readonly center: readonly number[] | null;
  readonly zoom: number | null;
  readonly roads_url: string | null;
}

/** An ambulance with its distance along the great circle. */
export interface NearAmbulance {
  readonly id: number;
  readonly plate_number?: string;
  readonly driver_name?: string | null;
  readonly status?: string;
  readonly eta?: string | null;
  readonly current_location?: Location | null;
  readonly distance_m: number;
}

/** The nearest ambulances, nearest first. */
export interface NearList {
  readonly items: readonly NearAmbulance[];
}

/** At most one point of each ambulance in each step of `step_s`, which the hub may have made longer. */
export interface PlaybackAnswer {
  readonly from: string;
  readonly to: string;
  readonly step_s: number;
  readonly tracks: readonly (readonly (number | readonly number[])[])[];
}

/** One fix of the history; degrees, m/s, m; `flags` are what the fix hygiene found. */
export interface Position {
  readonly seq: number;
  readonly stream_id: number;
  readonly recorded_at: string;
  readonly fix_at: string;
  readonly received_at: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly speed: number | null;
  readonly heading: number | null;
  readonly accuracy: number | null;
  readonly altitude: number | null;
  readonly flags: readonly string[];
}

/** A page of the history, oldest first. */
export interface PositionList {
  readonly items: readonly Position[];
  readonly next_cursor: string | null;
}

/** RFC 9457; `code` is stable, `detail` is for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly request_id: string;
  readonly detail?: string;
  readonly field?: string;
}

/** `ok` or a reason for each thing that this hub needs, or only works better with (then it is degraded). */
export interface Ready {
  readonly status: "degraded" | "not_ready" | "ready";
  readonly checks: Readonly<Record<string, string>>;
}

/** An app's way to its next tokens. */
export interface Refresh {
  readonly refresh_token: string;
}

/** The next pair of tokens; the one before is used up. */
export interface Refreshed {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

/** The sign-in itself. */
export interface Session {
  readonly id: string;
  readonly expires_at: string;
}

/** One of the caller's sign-ins. */
export interface SessionItem {
  readonly id: string;
  readonly client: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_seen_at: string;
  readonly user_agent: string | null;
  readonly current: boolean;
}

/** All live sign-ins of the caller, newest first. */
export interface SessionList {
  readonly items: readonly SessionItem[];
}

/** Who signs in, and from what. */
export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly client: "app" | "web";
}

/** A new sign-in; apps get tokens, browsers a cookie. */
export interface SignedIn {
  readonly user: User;
  readonly session: Session;
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly expires_in?: number;
}

/** A gap between two fixes in which nobody can say where the vehicle drove. */
export interface Silence {
  readonly from: string;
  readonly to: string;
}

/** A stop: from its first to its last fix, and the middle of them. */
export interface Stay {
  readonly from: string;
  readonly to: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** Which socket it is for; a tablet's needs a device's bearer. */
export interface TicketOrder {
  readonly purpose: "device" | "live";
}

/** Where an ambulance drove, thinned; no sound fix lies farther than `tolerance_m` from the line of the points. */
export interface TrackAnswer {
  readonly ambulance_id: number;
  readonly from: string;
  readonly to: string;
  readonly fixes: number;
  readonly tolerance_m: number;
  readonly points: readonly (readonly (number | null)[])[];
  readonly stops: readonly Stay[];
  readonly gaps: readonly Silence[];
}

/** A trip or a stop; m, m/s. */
export interface TripItem {
  readonly kind: "stop" | "trip";
  readonly from: string;
  readonly to: string;
  readonly duration_s: number;
  readonly distance_m: number;
  readonly speed_max: number | null;
  readonly speed_mean: number | null;
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** The logbook of a range, oldest first. */
export interface TripList {
  readonly ambulance_id: number;
  readonly from: string;
  readonly to: string;
  readonly items: readonly TripItem[];
  readonly totals: TripTotals;
}

/** What the items add up to; `silent_s` is in gaps that no stop covers. */
export interface TripTotals {
  readonly trips: number;
  readonly stops: number;
  readonly distance_m: number;
  readonly moving_s: number;
  readonly stopped_s: number;
  readonly silent_s: number;
  readonly speed_max: number | null;
}

/** The person who is signed in. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly duty: string | null;
}

/** By method and path below /api/v1: what a route takes, and what it answers when all is well. */
export interface Routes {
  "DELETE /sessions/current": { query: {}; body: undefined; answer: null };
  "DELETE /sessions/{id}": { query: {}; body: undefined; answer: null };
  "GET /alarms": { query: { readonly open?: boolean; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: AlarmList };
  "GET /ambulances": { query: { readonly status?: "at_hospital" | "available" | "dispatched" | "en_route" | "offline" | "on_scene" | "out_of_service" | "transporting"; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: AmbulanceList };
  "GET /ambulances/inside": { query: { readonly south?: number; readonly west?: number; readonly north?: number; readonly east?: number; readonly polygon?: string; readonly status?: "at_hospital" | "available" | "dispatched" | "en_route" | "offline" | "on_scene" | "out_of_service" | "transporting"; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: AmbulanceList };
  "GET /ambulances/nearest": { query: { readonly latitude: number; readonly longitude: number; readonly limit?: number; }; body: undefined; answer: NearList };
  "GET /ambulances/{id}": { query: {}; body: undefined; answer: Ambulance };
  "GET /ambulances/{id}/positions": { query: { readonly from?: string; readonly to?: string; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: PositionList };
  "GET /ambulances/{id}/positions.csv": { query: { readonly from?: string; readonly to?: string; }; body: undefined; answer: string };
  "GET /ambulances/{id}/positions.geojson": { query: { readonly from?: string; readonly to?: string; }; body: undefined; answer: Readonly<Record<string, unknown>> };
  "GET /ambulances/{id}/positions.gpx": { query: { readonly from?: string; readonly to?: string; }; body: undefined; answer: string };
  "GET /ambulances/{id}/track": { query: { readonly from?: string; readonly to?: string; readonly points?: number; }; body: undefined; answer: TrackAnswer };
  "GET /ambulances/{id}/trips": { query: { readonly from?: string; readonly to?: string; readonly format?: "csv" | "json"; }; body: undefined; answer: TripList };
  "GET /fleet/playback": { query: { readonly from?: string; readonly to?: string; readonly step_s?: number; }; body: undefined; answer: PlaybackAnswer };
  "GET /map": { query: {}; body: undefined; answer: Map };
  "GET /map/roads": { query: {}; body: undefined; answer: Readonly<Record<string, unknown>> };
  "GET /sessions": { query: {}; body: undefined; answer: SessionList };
  "GET /sessions/current": { query: {}; body: undefined; answer: Current };
  "POST /activations": { query: {}; body: Activation; answer: null };
  "POST /alarms/{id}/acknowledge": { query: {}; body: undefined; answer: Alarm };
  "POST /devices/claim": { query: {}; body: Claim; answer: ClaimedDevice };
  "POST /sessions": { query: {}; body: SignIn; answer: SignedIn };
  "POST /sessions/refresh": { query: {}; body: Refresh; answer: Refreshed };
  "POST /ws-tickets": { query: {}; body: TicketOrder; answer: IssuedTicket };
}
