/** What a crew tells the hub, and what the hub answers; docs/protocol.md describes each. */

export type Stage = "en_route" | "on_scene" | "transporting" | "at_destination" | "cleared";

/** What each kind of report carries; ids are those of the commands that the hub sent. */
export interface ReportBodies {
  /** The offer is on the screen. */
  readonly seen: { readonly assignment: string };
  readonly accept: { readonly assignment: string };
  readonly decline: { readonly assignment: string; readonly reason: string };
  /** `no_transport` with cleared: nobody was taken along. */
  readonly stage: { readonly assignment: string; readonly stage: Stage; readonly no_transport?: boolean };
  /** Where the patient is taken, in words, as a facility or as a place. */
  readonly destination: {
    readonly assignment: string;
    readonly destination?: string;
    readonly facility?: string;
    readonly latitude?: number;
    readonly longitude?: number;
  };
  readonly duty: { readonly status: "available" | "out_of_service" };
  /** Help; `DeviceClient.alarm` sends it, with every fix too. */
  readonly sos: { readonly alarm: string; readonly latitude?: number; readonly longitude?: number };
  /** Free text for the dispatchers, 1 to 1,000 characters. */
  readonly message: { readonly text: string; readonly assignment?: string };
  /** A message of theirs was read. */
  readonly read: { readonly message: string };
}

export type ReportKind = keyof ReportBodies;

/** A report that the hub has not answered. */
export type Report = {
  readonly [Kind in ReportKind]: {
    /** Drawn by the device: a repeat gets the first answer. */
    readonly id: string;
    readonly kind: Kind;
    /** When it happened, microseconds since 1970 by the device's own clock. */
    readonly at: number;
    readonly body: ReportBodies[Kind];
  };
}[ReportKind];

/** What became of a report; it is stored, whichever it is. */
export interface ReportAnswer {
  readonly id: string;
  readonly status: "done" | "refused";
  /** Of a refusal: a code of the protocol, and one sentence for people. */
  readonly code?: string;
  readonly detail?: string;
  /** Of a refusal: how it stands with what the report was about. */
  readonly state?: ReportState;
}

export interface ReportState {
  readonly assignment?: string;
  /** Of the assignment. */
  readonly status?: string;
  readonly request?: string;
  readonly request_status?: string;
  /** Of the unit: available, dispatched, … */
  readonly unit_status?: string;
}

/** The commands of dispatch; others may come, and are answered as refused. */
export interface CommandBodies {
  readonly offer: CallDetails & { readonly offered_at: number; readonly expires_at?: number; readonly eta_s?: number };
  /** The assignment is over: `reason` says why. */
  readonly recall: { readonly assignment: string; readonly request: string; readonly reason: string };
  /** Take a fix each so many seconds. */
  readonly reporting: { readonly interval_s: number };
  /** Free text of a dispatcher; answer with the report `read`. */
  readonly message: { readonly message: string; readonly text: string; readonly from: string; readonly sent_at: number };
  /** What is known of the call now: replaces what was told before of the same assignment. */
  readonly call: CallDetails;
  /** Somebody has heard this call for help. */
  readonly sos_seen: { readonly alarm: string; readonly by: string };
}

/** What a crew is told of a call; what is left out is not known, or not for them yet. Degrees; times are µs since 1970. */
export interface CallDetails {
  readonly assignment: string;
  readonly request: string;
  /** Where the assignment stands: offered, accepted, or the stage. */
  readonly stage?: string;
  /** 1 is the most urgent. */
  readonly priority: number;
  readonly complaint?: string;
  readonly location_note?: string;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly destination?: string;
  readonly destination_latitude?: number;
  readonly destination_longitude?: number;
  /** From here on only in `call`, once the crew has accepted. */
  readonly notes?: string;
  readonly caller?: string;
  readonly callback_number?: string;
  readonly patient?: string;
  /** Like "30-39". */
  readonly patient_age_band?: string;
  readonly patient_phone?: string;
  readonly blood_type?: string;
}
