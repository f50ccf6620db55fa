// Written by web/generate.py (`make web-types`): do not edit.

/** What the link carried, and the chosen password (12 to 128 characters, any Unicode). */
export interface Activation {
  readonly token: string;
  readonly password: string;
}

/** The new account, and the link with which its holder chooses a password. */
export interface Added {
  readonly user: PersonRecord;
  readonly activation_link: string | null;
  readonly emailed: boolean;
  readonly expires_at: string | null;
}

/** A new device with its claim code; an app that has none is set up by a link, which holds its secret. */
export interface AddedDevice {
  readonly device: Devices;
  readonly claim_code: string | null;
  readonly claim_expires_at: string | null;
  readonly setup_link: string | null;
}

/** Where free units should wait; `words` says all of it. */
export interface Advice {
  readonly at: string;
  readonly travel: "line" | "osrm" | "roads" | "valhalla";
  readonly moves: readonly AdvisedMove[];
  readonly words: string;
}

/** Where one unit should wait; `gain_per_h` is how many calls an hour more are then reached in time. */
export interface AdvisedMove {
  readonly ambulance_id: number;
  readonly plate_number: string;
  readonly post: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly eta_s: number;
  readonly gain_per_h: number;
  readonly words: string;
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
  readonly current_location?: LastSeen | null;
}

/** A page of ambulances by id. */
export interface AmbulanceList {
  readonly items: readonly Ambulance[];
  readonly next_cursor: string | null;
}

/** A request for an ambulance, with the fields that the caller may read. */
export interface AmbulanceRequests {
  readonly id: string;
  readonly patient_id?: string | null;
  readonly ambulance_id?: number | null;
  readonly pickup_location?: Location | null;
  readonly destination?: string | null;
  readonly destination_facility_id?: string | null;
  readonly destination_location?: Location | null;
  readonly requested_at?: string;
  readonly status?: "assigned" | "at_destination" | "cancelled" | "completed" | "duplicate" | "on_scene" | "queued" | "received" | "transporting";
  readonly priority?: number;
  readonly needs?: "advanced" | "basic" | "neonatal" | "transport" | null;
  readonly caller?: string | null;
  readonly callback_number?: string | null;
  readonly complaint?: string | null;
  readonly location_note?: string | null;
  readonly notes?: string | null;
  readonly scheduled_for?: string | null;
  readonly facility_id?: string | null;
  readonly unserved_since?: string | null;
  readonly cancel_reason?: string | null;
  readonly duplicate_of?: string | null;
  readonly created_by?: string | null;
  readonly source?: "app" | "desk" | "phone" | "radio";
  readonly is_verified?: boolean;
  readonly back_entered?: boolean;
  readonly eta_at?: string | null;
  readonly closed_at?: string | null;
  readonly version?: number;
  readonly patient?: AmbulanceRequestsPatient | null;
  readonly ambulance?: AmbulanceRequestsAmbulance | null;
}

/** A record inside another one. */
export interface AmbulanceRequestsAmbulance {
  readonly id: unknown;
  readonly plate_number: unknown;
}

/** What changes a request for an ambulance. */
export interface AmbulanceRequestsChange {
  readonly patient_id?: string | null;
  readonly pickup_location?: LocationPatch | null;
  readonly destination?: string | null;
  readonly destination_facility_id?: string | null;
  readonly destination_location?: LocationPatch | null;
  readonly requested_at?: string;
  readonly status?: "assigned" | "at_destination" | "cancelled" | "completed" | "duplicate" | "on_scene" | "queued" | "received" | "transporting";
  readonly priority?: number;
  readonly needs?: "advanced" | "basic" | "neonatal" | "transport" | null;
  readonly caller?: string | null;
  readonly callback_number?: string | null;
  readonly complaint?: string | null;
  readonly location_note?: string | null;
  readonly notes?: string | null;
  readonly scheduled_for?: string | null;
  readonly cancel_reason?: string | null;
  readonly closed_at?: string | null;
}

/** What makes a request for an ambulance. */
export interface AmbulanceRequestsCreation {
  readonly patient_id?: string | null;
  readonly pickup_location?: Location | null;
  readonly destination?: string | null;
  readonly destination_facility_id?: string | null;
  readonly destination_location?: Location | null;
  readonly priority?: number;
  readonly needs?: "advanced" | "basic" | "neonatal" | "transport" | null;
  readonly caller?: string | null;
  readonly callback_number?: string | null;
  readonly complaint?: string | null;
  readonly location_note?: string | null;
  readonly scheduled_for?: string | null;
}

/** A page of the records that the caller may read. */
export interface AmbulanceRequestsList {
  readonly items: readonly AmbulanceRequests[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A record inside another one. */
export interface AmbulanceRequestsPatient {
  readonly id: unknown;
  readonly name: unknown;
}

/** An ambulance, with the fields that the caller may read. */
export interface Ambulances {
  readonly id: number;
  readonly plate_number?: string;
  readonly driver_name?: string | null;
  readonly status?: "at_hospital" | "available" | "dispatched" | "en_route" | "offline" | "on_scene" | "out_of_service" | "transporting";
  readonly capability?: "advanced" | "basic" | "neonatal" | "transport";
  readonly base_location?: Location | null;
  readonly facility_id?: string | null;
  readonly current_location?: LastSeen | null;
  readonly eta?: string | null;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly facility?: AmbulancesFacility | null;
}

/** What changes an ambulance. */
export interface AmbulancesChange {
  readonly plate_number?: string;
  readonly driver_name?: string | null;
  readonly status?: "at_hospital" | "available" | "dispatched" | "en_route" | "offline" | "on_scene" | "out_of_service" | "transporting";
  readonly capability?: "advanced" | "basic" | "neonatal" | "transport";
  readonly base_location?: LocationPatch | null;
  readonly facility_id?: string | null;
}

/** What makes an ambulance. */
export interface AmbulancesCreation {
  readonly plate_number: string;
  readonly driver_name?: string | null;
  readonly capability?: "advanced" | "basic" | "neonatal" | "transport";
  readonly base_location?: Location | null;
  readonly facility_id?: string | null;
}

/** A record inside another one. */
export interface AmbulancesFacility {
  readonly id: unknown;
  readonly name: unknown;
}

/** A page of the records that the caller may read. */
export interface AmbulancesList {
  readonly items: readonly Ambulances[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** An appointment, with the fields that the caller may read. */
export interface Appointments {
  readonly id: string;
  readonly patient_id?: string;
  readonly doctor_id?: string;
  readonly facility_id?: string;
  readonly scheduled_at?: string;
  readonly duration_min?: number;
  readonly status?: "arrived" | "cancelled" | "completed" | "missed" | "requested" | "scheduled";
  readonly notes?: string | null;
  readonly version?: number;
  readonly created_at?: string;
  readonly patient?: AppointmentsPatient | null;
  readonly doctor?: AppointmentsDoctor | null;
  readonly facility?: AppointmentsFacility | null;
}

/** What changes an appointment. */
export interface AppointmentsChange {
  readonly scheduled_at?: string;
  readonly duration_min?: number;
  readonly status?: "arrived" | "cancelled" | "completed" | "missed" | "requested" | "scheduled";
  readonly notes?: string | null;
}

/** What makes an appointment. */
export interface AppointmentsCreation {
  readonly patient_id?: string;
  readonly doctor_id?: string;
  readonly facility_id?: string;
  readonly scheduled_at: string;
  readonly duration_min?: number;
}

/** A record inside another one. */
export interface AppointmentsDoctor {
  readonly id: unknown;
  readonly name: unknown;
}

/** A record inside another one. */
export interface AppointmentsFacility {
  readonly id: unknown;
  readonly name: unknown;
}

/** A page of the records that the caller may read. */
export interface AppointmentsList {
  readonly items: readonly Appointments[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A record inside another one. */
export interface AppointmentsPatient {
  readonly id: unknown;
  readonly name: unknown;
}

/** An entry of the audit log, with the fields that the caller may read. */
export interface AuditLog {
  readonly id: number;
  readonly at?: string;
  readonly actor_kind?: "anonymous" | "device" | "system" | "user";
  readonly actor_id?: string | null;
  readonly session_id?: string | null;
  readonly action?: string;
  readonly entity?: string;
  readonly entity_id?: string | null;
  readonly patient_id?: string | null;
  readonly outcome?: "allowed" | "denied";
  readonly reason?: string | null;
  readonly request_id?: string | null;
  readonly network?: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly patient?: AuditLogPatient | null;
  readonly actor?: AuditLogActor | null;
}

/** A record inside another one. */
export interface AuditLogActor {
  readonly id: unknown;
  readonly name: unknown;
  readonly role: unknown;
}

/** A page of the records that the caller may read. */
export interface AuditLogList {
  readonly items: readonly AuditLog[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A record inside another one. */
export interface AuditLogPatient {
  readonly id: unknown;
  readonly name: unknown;
}

/** Where a device belongs from now on: one of the three, null for nowhere. */
export interface Binding {
  readonly ambulance_id?: number | null;
  readonly patient_id?: string | null;
  readonly facility_id?: string | null;
}

/** Open calls and those that ended lately, with everybody who was asked to take them; what happens next comes on
    the live channel `dispatch` from this position. */
export interface Board {
  readonly requests: readonly DispatchRequest[];
  readonly assignments: readonly DispatchAssignment[];
  readonly alerts: readonly DispatchAlert[];
  readonly messages: readonly CrewMessage[];
  readonly policy: BoardRules;
  readonly epoch: string;
  readonly offset: number;
}

/** What dispatch goes by: what timers on the board count to. */
export interface BoardRules {
  readonly priorities: readonly PriorityRules[];
  readonly undelivered_s: number;
  readonly silent_warn_s: number;
  readonly silent_alarm_s: number;
  readonly scheduled_lead_s: number;
}

/** Whose record, why, and for how long; the patient is told, and reads the reason. */
export interface Breach {
  readonly patient_id: string;
  readonly reason: string;
  readonly minutes?: number;
}

/** A broken glass, with the fields that the caller may read. */
export interface BreakGlass {
  readonly id: string;
  readonly user_id?: string;
  readonly patient_id?: string;
  readonly reason?: string;
  readonly granted_at?: string;
  readonly expires_at?: string;
  readonly user?: BreakGlassUser | null;
  readonly patient?: BreakGlassPatient | null;
}

/** A page of the records that the caller may read. */
export interface BreakGlassList {
  readonly items: readonly BreakGlass[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A record inside another one. */
export interface BreakGlassPatient {
  readonly id: unknown;
  readonly name: unknown;
}

/** A record inside another one. */
export interface BreakGlassUser {
  readonly id: unknown;
  readonly name: unknown;
}

/** Who may see whom, why, and until when. */
export interface Broken {
  readonly id: string;
  readonly user_id: string;
  readonly patient_id: string;
  readonly reason: string;
  readonly granted_at: string;
  readonly expires_at: string;
}

/** A code that lets somebody in once without their telephone; read it out to them. */
export interface Bypass {
  readonly code: string;
  readonly expires_at: string;
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

/** A code, to show that it is still you. */
export interface CodeShown {
  readonly code: string;
}

/** The first code that the app shows. */
export interface Confirmation {
  readonly email: string;
  readonly password: string;
  readonly code: string;
}

/** With whom, its newest message, and how many of theirs are unread. */
export interface Conversation {
  readonly user: Person;
  readonly last_message: LastMessage;
  readonly unread: number;
}

/** Free text between dispatchers (`desk`) and the crew of an ambulance. */
export interface CrewMessage {
  readonly id: string;
  readonly ambulance: UnitRef;
  readonly assignment_id: string | null;
  readonly sender: "crew" | "desk";
  readonly name: string | null;
  readonly text: string;
  readonly sent_at: string;
  readonly received_at: string;
  readonly delivered_at: string | null;
  readonly read_at: string | null;
}

/** A page of a conversation, newest first. */
export interface CrewMessageList {
  readonly items: readonly CrewMessage[];
  readonly next_cursor: string | null;
}

/** Something that a crew did or said, as on the socket; docs/protocol.md has the kinds and their bodies. */
export interface CrewReport {
  readonly id: string;
  readonly kind: string;
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Reports in the order in which they happened; `sent_at` is the clock that their `at` was read from, now. */
export interface CrewReports {
  readonly sent_at: number;
  readonly reports: readonly CrewReport[];
}

/** Where the ambulance stands: `offer` and `call` are the bodies of the commands of these names. */
export interface CrewState {
  readonly unit: OwnUnit;
  readonly offer: Readonly<Record<string, unknown>> | null;
  readonly call: Readonly<Record<string, unknown>> | null;
  readonly messages: readonly UnreadMessage[];
}

/** Who asks. */
export interface Current {
  readonly user: User;
  readonly session: Session;
}

/** A choice of a unit: each that was looked at, in the order of preference, and what it was made from. */
export interface DecisionShown {
  readonly id: string;
  readonly request_id: string | null;
  readonly ambulance: UnitRef | null;
  readonly at: string;
  readonly kind: "divert" | "offer" | "overrule" | "queue" | "relocate" | "suggest";
  readonly travel: "line" | "osrm" | "roads" | "valhalla";
  readonly duration_ms: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly candidates: readonly (Readonly<Record<string, unknown>>)[];
  readonly words: string;
  readonly decided_by: string | null;
  readonly reason: string | null;
}

/** A device, with the fields that the caller may read. */
export interface Devices {
  readonly id: number;
  readonly kind?: "physio" | "tablet";
  readonly protocol?: "hub" | "owntracks" | "traccar";
  readonly name?: string;
  readonly ambulance_id?: number | null;
  readonly facility_id?: string | null;
  readonly patient_id?: string | null;
  readonly model?: string | null;
  readonly joints?: readonly string[] | null;
  readonly included_angle?: boolean | null;
  readonly created_at?: string;
  readonly revoked_at?: string | null;
  readonly revoked?: boolean;
  readonly claimed?: boolean;
  readonly claim_expires_at?: string | null;
  readonly last_seen_at?: string | null;
  readonly connected?: boolean;
  readonly ambulance?: DevicesAmbulance | null;
}

/** A record inside another one. */
export interface DevicesAmbulance {
  readonly id: unknown;
  readonly plate_number: unknown;
}

/** What changes a device. */
export interface DevicesChange {
  readonly name?: string;
}

/** A page of the records that the caller may read. */
export interface DevicesList {
  readonly items: readonly Devices[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** Something that the hub noticed; an alarm stays on the board until somebody acknowledges it. */
export interface DispatchAlert {
  readonly id: string;
  readonly kind: "at_destination" | "at_scene" | "declined" | "eta_slip" | "left_scene" | "no_fix" | "no_unit" | "not_moving" | "silent" | "stage_late" | "unanswered" | "unattended" | "undelivered";
  readonly severity: "alarm" | "info" | "warning";
  readonly request_id: string | null;
  readonly assignment_id: string | null;
  readonly ambulance: UnitRef | null;
  readonly raised_at: string;
  readonly resolved_at: string | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A page of alerts, newest first. */
export interface DispatchAlertList {
  readonly items: readonly DispatchAlert[];
  readonly next_cursor: string | null;
}

/** One ambulance asked to take one call, with the time of each stage; a stage in `skipped` has none. */
export interface DispatchAssignment {
  readonly id: string;
  readonly request_id: string;
  readonly ambulance: UnitRef;
  readonly status: "accepted" | "at_destination" | "cancelled" | "cleared" | "declined" | "diverted" | "en_route" | "expired" | "offered" | "on_scene" | "transporting";
  readonly offered_at: string;
  readonly offer_expires_at: string | null;
  readonly delivered_at: string | null;
  readonly seen_at: string | null;
  readonly re_alerted_at: string | null;
  readonly accepted_at: string | null;
  readonly moved_at: string | null;
  readonly en_route_at: string | null;
  readonly scene_noticed_at: string | null;
  readonly on_scene_at: string | null;
  readonly left_noticed_at: string | null;
  readonly transporting_at: string | null;
  readonly destination_noticed_at: string | null;
  readonly at_destination_at: string | null;
  readonly cleared_at: string | null;
  readonly declined_at: string | null;
  readonly expired_at: string | null;
  readonly cancelled_at: string | null;
  readonly diverted_at: string | null;
  readonly decline_reason: string | null;
  readonly cancel_reason: string | null;
  readonly diverted_to: string | null;
  readonly no_transport: boolean;
  readonly skipped: readonly string[];
  readonly eta_at: string | null;
  readonly promised_at: string | null;
  readonly decision_id: string | null;
  readonly version: number;
}

/** A call as dispatchers see it; `eta_at` is when the unit that has it should be there. */
export interface DispatchRequest {
  readonly id: string;
  readonly status: "assigned" | "at_destination" | "cancelled" | "completed" | "duplicate" | "on_scene" | "queued" | "received" | "transporting";
  readonly priority: number;
  readonly needs: "advanced" | "basic" | "neonatal" | "transport" | null;
  readonly requested_at: string;
  readonly scheduled_for: string | null;
  readonly patient: PatientRef | null;
  readonly caller: string | null;
  readonly callback_number: string | null;
  readonly complaint: string | null;
  readonly location_note: string | null;
  readonly notes: string | null;
  readonly pickup_location: GeoPoint | null;
  readonly destination: string | null;
  readonly destination_facility: FacilityRef | null;
  readonly destination_location: GeoPoint | null;
  readonly ambulance: UnitRef | null;
  readonly eta_at: string | null;
  readonly unserved_since: string | null;
  readonly source: "app" | "desk" | "phone" | "radio";
  readonly is_verified: boolean;
  readonly back_entered: boolean;
  readonly cancel_reason: string | null;
  readonly duplicate_of: string | null;
  readonly closed_at: string | null;
  readonly version: number;
}

/** Which call the unit is asked to take instead, and why. */
export interface Diversion {
  readonly to: string;
  readonly reason: string;
}

/** A doctor's place of work, with the fields that the caller may read. */
export interface DoctorFacilities {
  readonly id: string;
  readonly doctor_id?: string;
  readonly facility_id?: string;
  readonly doctor?: DoctorFacilitiesDoctor | null;
  readonly facility?: DoctorFacilitiesFacility | null;
}

/** What changes a doctor's place of work. */
export interface DoctorFacilitiesChange {
  readonly doctor_id?: string;
}

/** What makes a doctor's place of work. */
export interface DoctorFacilitiesCreation {
  readonly doctor_id: string;
  readonly facility_id?: string;
}

/** A record inside another one. */
export interface DoctorFacilitiesDoctor {
  readonly id: unknown;
  readonly name: unknown;
}

/** A record inside another one. */
export interface DoctorFacilitiesFacility {
  readonly id: unknown;
  readonly name: unknown;
}

/** A page of the records that the caller may read. */
export interface DoctorFacilitiesList {
  readonly items: readonly DoctorFacilities[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** What makes a doctor one. */
export interface DoctorPart {
  readonly specialization?: string | null;
  readonly license_number?: string | null;
  readonly years_experience?: number | null;
}

/** A weekly window, with the fields that the caller may read. */
export interface DoctorSchedules {
  readonly id: string;
  readonly doctor_id?: string;
  readonly facility_id?: string;
  readonly day_of_week?: number;
  readonly start_time?: string;
  readonly end_time?: string;
  readonly doctor?: DoctorSchedulesDoctor | null;
  readonly facility?: DoctorSchedulesFacility | null;
}

/** What changes a weekly window. */
export interface DoctorSchedulesChange {
  readonly day_of_week?: number;
  readonly start_time?: string;
  readonly end_time?: string;
}

/** What makes a weekly window. */
export interface DoctorSchedulesCreation {
  readonly doctor_id?: string;
  readonly facility_id?: string;
  readonly day_of_week: number;
  readonly start_time: string;
  readonly end_time: string;
}

/** A record inside another one. */
export interface DoctorSchedulesDoctor {
  readonly id: unknown;
  readonly name: unknown;
}

/** A record inside another one. */
export interface DoctorSchedulesFacility {
  readonly id: unknown;
  readonly name: unknown;
}

/** A page of the records that the caller may read. */
export interface DoctorSchedulesList {
  readonly items: readonly DoctorSchedules[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A doctor, with the fields that the caller may read. */
export interface Doctors {
  readonly id: string;
  readonly user_id?: string;
  readonly name?: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly specialization?: string | null;
  readonly license_number?: string | null;
  readonly years_experience?: number | null;
}

/** What changes a doctor. */
export interface DoctorsChange {
  readonly specialization?: string | null;
  readonly license_number?: string | null;
  readonly years_experience?: number | null;
}

/** What makes a doctor. */
export interface DoctorsCreation {
  readonly user_id: string;
  readonly specialization?: string | null;
  readonly license_number?: string | null;
  readonly years_experience?: number | null;
}

/** A page of the records that the caller may read. */
export interface DoctorsList {
  readonly items: readonly Doctors[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** Why a call is cancelled. */
export interface Ended {
  readonly reason: string;
}

/** Where a patient stands today. */
export interface ExerciseDay {
  readonly now: string;
  readonly day: string;
  readonly time_zone: string;
  readonly sensors: readonly OwnSensor[];
  readonly exercises: readonly OwnExercise[];
}

/** A tick of an exercise, with the fields that the caller may read. */
export interface ExerciseTicks {
  readonly id: string;
  readonly exercise_id?: string;
  readonly patient_id?: string;
  readonly day?: string;
  readonly reps?: number;
  readonly reported_at?: string;
}

/** What changes a tick of an exercise. */
export interface ExerciseTicksChange {
  readonly reps?: number;
}

/** What makes a tick of an exercise. */
export interface ExerciseTicksCreation {
  readonly exercise_id: string;
  readonly patient_id?: string;
  readonly day: string;
  readonly reps: number;
}

/** A page of the records that the caller may read. */
export interface ExerciseTicksList {
  readonly items: readonly ExerciseTicks[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A facility, with the fields that the caller may read. */
export interface Facilities {
  readonly id: string;
  readonly name?: string;
  readonly type?: "clinic" | "hospital";
  readonly address?: string | null;
  readonly phone?: string | null;
  readonly time_zone?: string;
  readonly location?: Location | null;
  readonly created_at?: string;
}

/** What changes a facility. */
export interface FacilitiesChange {
  readonly name?: string;
  readonly type?: "clinic" | "hospital";
  readonly address?: string | null;
  readonly phone?: string | null;
  readonly time_zone?: string;
  readonly location?: LocationPatch | null;
}

/** What makes a facility. */
export interface FacilitiesCreation {
  readonly name: string;
  readonly type: "clinic" | "hospital";
  readonly address?: string | null;
  readonly phone?: string | null;
  readonly time_zone?: string;
  readonly location?: Location | null;
}

/** A page of the records that the caller may read. */
export interface FacilitiesList {
  readonly items: readonly Facilities[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A facility as a call names it. */
export interface FacilityRef {
  readonly id: string;
  readonly name: string;
}

/** Whose password is forgotten. */
export interface Forgotten {
  readonly email: string;
}

/** A place on Earth, in degrees (WGS 84). */
export interface GeoPoint {
  readonly latitude: number;
  readonly longitude: number;
}

/** The newest notes, newest first. */
export interface HandoverList {
  readonly items: readonly HandoverNote[];
}

/** What the next shift has to know; it is never changed, a correction is another note. */
export interface HandoverNote {
  readonly id: string;
  readonly written_at: string;
  readonly written_by: HandoverWriter;
  readonly note: string;
}

/** Who wrote it. */
export interface HandoverWriter {
  readonly id: string;
  readonly name: string;
}

/** Something that happened about a call. `what` is a stage, a command, an alert, who wrote, or the kind of a choice;
    `facts` has what belongs to the kind, such as its source, its reason, and when a command was sent and answered. */
export interface Happening {
  readonly at: string;
  readonly kind: "alert" | "call" | "command" | "decision" | "message" | "noticed" | "stage";
  readonly what: string;
  readonly assignment_id: string | null;
  readonly ambulance: UnitRef | null;
  readonly who: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What waits, and the conversations, newest first; what happens next comes on the live channel `inbox`. */
export interface Inbox {
  readonly unread_messages: number;
  readonly unread_notifications: number;
  readonly conversations: readonly Conversation[];
  readonly epoch: string;
  readonly offset: number;
}

/** The link, shown this once, unless it went by e-mail; its holder chooses the account's password. */
export interface Invited {
  readonly activation_link: string | null;
  readonly emailed: boolean;
  readonly expires_at: string | null;
}

/** Send it as `ticket.<…>` beside `hub.v1` in the subprotocol list, from the same Origin, once. */
export interface IssuedTicket {
  readonly ticket: string;
  readonly expires_at: string;
}

/** The readings of one joint, thinned so that every extreme stays. */
export interface JointMotion {
  readonly joint: string;
  readonly readings: number;
  readonly seconds: readonly number[];
  readonly angles: readonly number[];
}

/** A reading, with the fields that the caller may read. */
export interface JointMotionLogs {
  readonly id: string;
  readonly session_id?: string;
  readonly timestamp?: string;
  readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation";
  readonly angle?: number;
  readonly repetition?: number | null;
}

/** A page of the records that the caller may read. */
export interface JointMotionLogsList {
  readonly items: readonly JointMotionLogs[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** The newest message of a conversation. */
export interface LastMessage {
  readonly id: string;
  readonly sender_id: string;
  readonly receiver_id: string;
  readonly content: string;
  readonly sent_at: string;
  readonly sequence: number;
  readonly client_id: string | null;
  readonly corrects: string | null;
  readonly delivered_at: string | null;
  readonly read_at: string | null;
  readonly read: boolean;
}

/** Where an ambulance was last seen; degrees, m/s, m; `age_s` counts from the answer. */
export interface LastSeen {
  readonly latitude: number;
  readonly longitude: number;
  readonly speed: number | null;
  readonly heading: number | null;
  readonly accuracy: number | null;
  readonly fix_at: string;
  readonly age_s: number;
}

/** A call that may be the same one, with why; the strongest reason first. */
export interface LikelyCall {
  readonly request: DispatchRequest;
  readonly why: readonly string[];
  readonly score: number;
  readonly distance_m: number | null;
}

/** The likest first. */
export interface LikelyList {
  readonly items: readonly LikelyCall[];
}

/** The event loop answers. */
export interface Live {
  readonly status?: "alive";
}

/** A point in WGS84 degrees. */
export interface Location {
  readonly latitude: number;
  readonly longitude: number;
}

/** A point in WGS84 degrees; a part that is left out stays as it is. */
export interface LocationPatch {
  readonly latitude?: number;
  readonly longitude?: number;
}

/** The backdrop: tiles where a server is configured, roads where a file is. */
export interface Map {
  readonly tile_url: string | null;
  readonly attribution: string | null;
  readonly center: readonly number[] | null;
  readonly zoom: number | null;
  readonly roads_url: string | null;
}

/** How many notifications were unread before. */
export interface Marked {
  readonly marked: number;
}

/** A message, with the fields that the caller may read. */
export interface Messages {
  readonly id: string;
  readonly sender_id?: string;
  readonly receiver_id?: string;
  readonly content?: string;
  readonly sent_at?: string;
  readonly sequence?: number;
  readonly client_id?: string | null;
  readonly corrects?: string | null;
  readonly with_user_id?: string;
  readonly delivered_at?: string | null;
  readonly read_at?: string | null;
  readonly read?: boolean;
}

/** What changes a message. */
export interface MessagesChange {
  readonly read?: boolean;
}

/** What makes a message. */
export interface MessagesCreation {
  readonly sender_id?: string;
  readonly receiver_id: string;
  readonly content: string;
  readonly client_id?: string | null;
  readonly corrects?: string | null;
}

/** A page of the records that the caller may read. */
export interface MessagesList {
  readonly items: readonly Messages[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A session's chart. */
export interface Motion {
  readonly started_at: string | null;
  readonly joints: readonly JointMotion[];
}

/** An ambulance with its distance along the great circle. */
export interface NearAmbulance {
  readonly id: number;
  readonly plate_number?: string;
  readonly driver_name?: string | null;
  readonly status?: string;
  readonly current_location?: LastSeen | null;
  readonly distance_m: number;
}

/** The nearest ambulances, nearest first. */
export interface NearList {
  readonly items: readonly NearAmbulance[];
}

/** Somebody new, with what belongs to the role; only patients do without an e-mail address. */
export interface NewAccount {
  readonly name: string;
  readonly role: "admin" | "doctor" | "patient" | "staff";
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly time_zone?: string | null;
  readonly staff?: StaffPart | null;
  readonly doctor?: DoctorPart | null;
  readonly patient?: PatientPart | null;
}

/** A one-use code that the device is set up with, shown this once. */
export interface NewClaim {
  readonly claim_code: string;
  readonly claim_expires_at: string;
}

/** What the crew is told. */
export interface NewCrewMessage {
  readonly text: string;
}

/** A device to be added; a tablet has an ambulance, a sensor its joints. */
export interface NewDevice {
  readonly kind: "physio" | "tablet";
  readonly name: string;
  readonly ambulance_id?: number | null;
  readonly facility_id?: string | null;
  readonly model?: string | null;
  readonly joints?: readonly string[] | null;
  readonly included_angle?: boolean;
  readonly protocol?: "hub" | "owntracks" | "traccar";
}

/** What the next shift has to know. */
export interface NewHandover {
  readonly note: string;
}

/** Which unit is asked; a reason is needed for another one than `decision_id` suggested. */
export interface NewOffer {
  readonly ambulance_id: number;
  readonly reason?: string | null;
  readonly decision_id?: string | null;
}

/** The role, and the desk that comes with it for staff. */
export interface NewRole {
  readonly role: "admin" | "doctor" | "patient" | "staff";
  readonly staff?: StaffPart | null;
  readonly doctor?: DoctorPart | null;
}

/** Where a unit is by now; `at` is when that was, without it now. */
export interface NewStage {
  readonly stage: "accepted" | "at_destination" | "cleared" | "declined" | "en_route" | "on_scene" | "transporting";
  readonly at?: string | null;
  readonly no_transport?: boolean;
  readonly reason?: string | null;
}

/** A notification, with the fields that the caller may read. */
export interface Notifications {
  readonly id: string;
  readonly user_id?: string;
  readonly message?: string;
  readonly type?: string;
  readonly created_at?: string;
  readonly read?: boolean;
  readonly sequence?: number;
  readonly expires_at?: string | null;
  readonly delivered_at?: string | null;
}

/** What changes a notification. */
export interface NotificationsChange {
  readonly read?: boolean;
}

/** A page of the records that the caller may read. */
export interface NotificationsList {
  readonly items: readonly Notifications[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** The account as it is now. */
export interface OnePerson {
  readonly user: PersonRecord;
}

/** The times that are other ones, and why; null takes the time of a stage away that was passed over. */
export interface OtherTimes {
  readonly reason: string;
  readonly offered_at?: string;
  readonly accepted_at?: string;
  readonly en_route_at?: string | null;
  readonly on_scene_at?: string | null;
  readonly transporting_at?: string | null;
  readonly at_destination_at?: string | null;
  readonly cleared_at?: string;
  readonly declined_at?: string;
  readonly expired_at?: string;
  readonly cancelled_at?: string;
  readonly diverted_at?: string;
}

/** An exercise of a plan that runs, and what was done of it today. */
export interface OwnExercise {
  readonly id: string;
  readonly plan_id: string;
  readonly day: string;
  readonly name: string;
  readonly joint: string;
  readonly day_of_week: number;
  readonly due: boolean;
  readonly target_reps: number;
  readonly target_angle: number | null;
  readonly sets: number;
  readonly hold_s: number;
  readonly instructions: string | null;
  readonly media_url: string | null;
  readonly done_reps: number;
  readonly valid_reps: number;
  readonly partial_reps: number;
  readonly tick_id: string | null;
  readonly ticked_reps: number | null;
}

/** A sensor at the patient's home. */
export interface OwnSensor {
  readonly id: number;
  readonly name: string;
  readonly joints: readonly string[];
  readonly connected: boolean;
}

/** The ambulance of the tablet. */
export interface OwnUnit {
  readonly id: number;
  readonly plate_number: string;
  readonly status: string;
}

/** A call as it stands on paper. */
export interface PaperCall {
  readonly requested_at: string;
  readonly ambulance_id: number;
  readonly times: PaperTimes;
  readonly priority?: number;
  readonly needs?: "advanced" | "basic" | "neonatal" | "transport" | null;
  readonly patient_id?: string | null;
  readonly caller?: string | null;
  readonly callback_number?: string | null;
  readonly complaint?: string | null;
  readonly notes?: string | null;
  readonly pickup_location?: Location | null;
  readonly location_note?: string | null;
  readonly destination?: string | null;
  readonly destination_facility_id?: string | null;
  readonly destination_location?: Location | null;
  readonly no_transport?: boolean;
  readonly cancel_reason?: string | null;
}

/** The call and its assignment as they are stored. */
export interface PaperEntered {
  readonly request: DispatchRequest;
  readonly assignment: DispatchAssignment;
}

/** When a unit came to each stage; one without a time was passed over. It was cleared, or cancelled. */
export interface PaperTimes {
  readonly offered_at: string;
  readonly accepted_at?: string | null;
  readonly en_route_at?: string | null;
  readonly on_scene_at?: string | null;
  readonly transporting_at?: string | null;
  readonly at_destination_at?: string | null;
  readonly cleared_at?: string | null;
  readonly cancelled_at?: string | null;
}

/** The password that counts, and the one that shall. */
export interface PasswordChange {
  readonly current_password: string;
  readonly new_password: string;
}

/** What is medical about a patient. */
export interface PatientPart {
  readonly date_of_birth?: string | null;
  readonly gender?: "female" | "male" | "other" | "unknown" | null;
  readonly blood_type?: "A+" | "A-" | "AB+" | "AB-" | "B+" | "B-" | "O+" | "O-" | null;
  readonly address?: string | null;
}

/** A patient as a call names them. */
export interface PatientRef {
  readonly id: string;
  readonly name: string;
}

/** A patient, with the fields that the caller may read. */
export interface Patients {
  readonly id: string;
  readonly user_id?: string;
  readonly name?: string;
  readonly phone?: string | null;
  readonly date_of_birth?: string | null;
  readonly gender?: "female" | "male" | "other" | "unknown" | null;
  readonly blood_type?: "A+" | "A-" | "AB+" | "AB-" | "B+" | "B-" | "O+" | "O-" | null;
  readonly address?: string | null;
  readonly first_name?: string;
  readonly age_band?: string | null;
}

/** What changes a patient. */
export interface PatientsChange {
  readonly name?: string;
  readonly phone?: string | null;
  readonly date_of_birth?: string | null;
  readonly gender?: "female" | "male" | "other" | "unknown" | null;
  readonly blood_type?: "A+" | "A-" | "AB+" | "AB-" | "B+" | "B-" | "O+" | "O-" | null;
  readonly address?: string | null;
}

/** What makes a patient. */
export interface PatientsCreation {
  readonly user_id: string;
  readonly date_of_birth?: string | null;
  readonly gender?: "female" | "male" | "other" | "unknown" | null;
  readonly blood_type?: "A+" | "A-" | "AB+" | "AB-" | "B+" | "B-" | "O+" | "O-" | null;
  readonly address?: string | null;
}

/** A page of the records that the caller may read. */
export interface PatientsList {
  readonly items: readonly Patients[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** Somebody to write with; `role` is patient, doctor, staff or admin. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/** A person's account. */
export interface PersonRecord {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly role: string;
  readonly time_zone: string | null;
  readonly created_at: string;
  readonly disabled_at: string | null;
  readonly pseudonymised_at: string | null;
  readonly activated: boolean;
  readonly staff?: StaffRecord;
}

/** One repetition; of one that a plain SQL insert states, only joint and number are known. */
export interface PhysioRepetition {
  readonly joint: string;
  readonly number: number;
  readonly source: "counted" | "stated";
  readonly started_at: string | null;
  readonly peak_at: string | null;
  readonly ended_at: string | null;
  readonly peak_angle: number | null;
  readonly range_deg: number | null;
  readonly hold_s: number | null;
  readonly out_s: number | null;
  readonly back_s: number | null;
  readonly smoothness: number | null;
  readonly valid: boolean | null;
}

/** The repetitions of a session. */
export interface PhysioRepetitionList {
  readonly items: readonly PhysioRepetition[];
}

/** A physiotherapy session, with the fields that the caller may read. */
export interface PhysioSessions {
  readonly id: string;
  readonly patient_id?: string;
  readonly therapist_id?: string;
  readonly scheduled_at?: string;
  readonly duration_min?: number;
  readonly status?: "cancelled" | "completed" | "in_progress" | "missed" | "scheduled";
  readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation" | null;
  readonly notes?: string | null;
  readonly supervised?: boolean;
  readonly facility_id?: string | null;
  readonly plan_id?: string | null;
  readonly exercise_id?: string | null;
  readonly device_id?: number | null;
  readonly rest_angle?: number | null;
  readonly target_angle?: number | null;
  readonly target_reps?: number | null;
  readonly pain_before?: number | null;
  readonly pain_after?: number | null;
  readonly started_at?: string | null;
  readonly ended_at?: string | null;
  readonly ended_by?: "device" | "idle" | "person" | null;
  readonly counted_at?: string | null;
  readonly created_at?: string;
  readonly patient?: PhysioSessionsPatient | null;
  readonly therapist?: PhysioSessionsTherapist | null;
}

/** What changes a physiotherapy session. */
export interface PhysioSessionsChange {
  readonly scheduled_at?: string;
  readonly duration_min?: number;
  readonly status?: "cancelled" | "completed" | "in_progress" | "missed" | "scheduled";
  readonly notes?: string | null;
  readonly device_id?: number | null;
  readonly rest_angle?: number | null;
  readonly target_angle?: number | null;
  readonly target_reps?: number | null;
  readonly pain_before?: number | null;
  readonly pain_after?: number | null;
}

/** What makes a physiotherapy session. */
export interface PhysioSessionsCreation {
  readonly patient_id?: string;
  readonly therapist_id?: string;
  readonly scheduled_at: string;
  readonly duration_min?: number;
  readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation" | null;
  readonly notes?: string | null;
  readonly facility_id?: string | null;
  readonly plan_id?: string | null;
  readonly exercise_id?: string | null;
  readonly device_id?: number | null;
  readonly rest_angle?: number | null;
  readonly target_angle?: number | null;
  readonly target_reps?: number | null;
}

/** A page of the records that the caller may read. */
export interface PhysioSessionsList {
  readonly items: readonly PhysioSessions[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A record inside another one. */
export interface PhysioSessionsPatient {
  readonly id: unknown;
  readonly name: unknown;
}

/** A record inside another one. */
export interface PhysioSessionsTherapist {
  readonly id: unknown;
  readonly name: unknown;
}

/** What a joint was to reach. */
export interface PhysioTarget {
  readonly joint: string;
  readonly since: string | null;
  readonly rest_angle: number | null;
  readonly target_angle: number | null;
  readonly target_reps: number | null;
}

/** What the joints of a session were to reach since when. */
export interface PhysioTargetList {
  readonly items: readonly PhysioTarget[];
}

/** A place; `source` is local, or the geocoder that knows it. */
export interface Place {
  readonly name: string;
  readonly kind: string;
  readonly address: string | null;
  readonly latitude: number;
  readonly longitude: number;
  readonly source: string;
}

/** The best first; `partial` says that a geocoder is configured and did not answer in time. */
export interface PlaceList {
  readonly items: readonly Place[];
  readonly partial: boolean;
}

/** An exercise, with the fields that the caller may read. */
export interface PlanExercises {
  readonly id: string;
  readonly plan_id?: string;
  readonly name?: string;
  readonly target_reps?: number;
  readonly target_angle?: number | null;
  readonly day_of_week?: number;
  readonly sets?: number;
  readonly hold_s?: number;
  readonly instructions?: string | null;
  readonly media_url?: string | null;
  readonly last_day?: string | null;
  readonly created_at?: string;
}

/** What changes an exercise. */
export interface PlanExercisesChange {
  readonly name?: string;
  readonly target_reps?: number;
  readonly target_angle?: number | null;
  readonly day_of_week?: number;
  readonly sets?: number;
  readonly hold_s?: number;
  readonly instructions?: string | null;
  readonly media_url?: string | null;
  readonly last_day?: string | null;
}

/** What makes an exercise. */
export interface PlanExercisesCreation {
  readonly plan_id: string;
  readonly name: string;
  readonly target_reps: number;
  readonly target_angle?: number | null;
  readonly day_of_week: number;
  readonly sets?: number;
  readonly hold_s?: number;
  readonly instructions?: string | null;
  readonly media_url?: string | null;
  readonly last_day?: string | null;
}

/** A page of the records that the caller may read. */
export interface PlanExercisesList {
  readonly items: readonly PlanExercises[];
  readonly next_cursor: string | null;
  readonly total?: number;
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

/** The calls of one priority. `late_share` is of those that a unit came to, or should have come to by now. */
export interface PriorityReport {
  readonly priority: number;
  readonly target_s: number;
  readonly received: number;
  readonly completed: number;
  readonly cancelled: number;
  readonly duplicates: number;
  readonly still_open: number;
  readonly without_transport: number;
  readonly with_several_units: number;
  readonly with_skipped_stages: number;
  readonly from_paper: number;
  readonly late: number;
  readonly late_share: number | null;
  readonly intervals: readonly ReportInterval[];
}

/** What dispatch goes by for one priority; times in seconds, null = never. */
export interface PriorityRules {
  readonly priority: number;
  readonly target_s: number;
  readonly offer_expires_s: number;
  readonly re_alert_s: number | null;
  readonly next_unit_s: number | null;
  readonly not_moving_warn_s: number | null;
  readonly not_moving_alarm_s: number | null;
  readonly mode: string;
  readonly unattended_s: number;
  readonly needs: string;
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

/** What the authenticator app needs: as a QR code, or typed in. It counts once a code has confirmed it. */
export interface Proposed {
  readonly secret: string;
  readonly uri: string;
}

/** Up to which notification somebody has read. */
export interface ReadMark {
  readonly up_to_sequence: number;
}

/** `ok` or a reason for each thing that this hub needs, or only works better with (then it is degraded). */
export interface Ready {
  readonly status: "degraded" | "not_ready" | "ready";
  readonly checks: Readonly<Record<string, string>>;
}

/** Somebody to write to, and what connects the two. */
export interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly relation: string;
}

/** People by name, the first 50. */
export interface RecipientList {
  readonly items: readonly Recipient[];
}

/** An access to a record, with the fields that the caller may read. */
export interface RecordAccesses {
  readonly id: number;
  readonly at?: string;
  readonly name?: string;
  readonly role?: "admin" | "device" | "doctor" | "patient" | "receptionist" | "staff admin" | "system";
  readonly facility?: string | null;
  readonly action?: string;
  readonly entity?: string;
  readonly reason?: string | null;
}

/** A page of the records that the caller may read. */
export interface RecordAccessesList {
  readonly items: readonly RecordAccesses[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** Ten codes for days without the telephone, each for once; they are shown now and never again. */
export interface RecoveryCodes {
  readonly recovery_codes: readonly string[];
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

/** Who somebody is, and with what they want to sign in. */
export interface Registration {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly phone?: string | null;
  readonly time_zone?: string | null;
  readonly date_of_birth?: string | null;
  readonly gender?: "female" | "male" | "other" | "unknown" | null;
  readonly blood_type?: "A+" | "A-" | "AB+" | "AB-" | "B+" | "B-" | "O+" | "O-" | null;
  readonly address?: string | null;
}

/** A day of a plan, with the fields that the caller may read. */
export interface RehabDays {
  readonly id: string;
  readonly plan_id?: string;
  readonly day?: string;
  readonly completed_reps?: number;
  readonly valid_reps?: number;
  readonly self_reported_reps?: number;
  readonly average_angle?: number | null;
  readonly due_reps?: number;
  readonly done_reps?: number;
  readonly fulfilled_reps?: number;
}

/** A page of the records that the caller may read. */
export interface RehabDaysList {
  readonly items: readonly RehabDays[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** Progress with a plan, with the fields that the caller may read. */
export interface RehabProgress {
  readonly id: string;
  readonly plan_id?: string;
  readonly completed_reps?: number;
  readonly valid_reps?: number;
  readonly self_reported_reps?: number;
  readonly average_angle?: number | null;
  readonly compliance_rate?: number | null;
  readonly counted_to?: string | null;
  readonly time_zone?: string | null;
  readonly last_updated?: string;
}

/** A page of the records that the caller may read. */
export interface RehabProgressList {
  readonly items: readonly RehabProgress[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** Which call it repeats. */
export interface Repeated {
  readonly of: string;
}

/** What became of a report; `state` is how it stands with what a refused one was about. */
export interface ReportAnswer {
  readonly id: string;
  readonly status: string;
  readonly code?: string;
  readonly detail?: string;
  readonly state?: Readonly<Record<string, unknown>>;
}

/** The answers, in the order of the reports. */
export interface ReportAnswers {
  readonly reports: readonly ReportAnswer[];
}

/** How long one part of a call took: over how many calls, and in seconds. */
export interface ReportInterval {
  readonly name: string;
  readonly about: string;
  readonly n: number;
  readonly mean_s: number;
  readonly p50_s: number;
  readonly p90_s: number;
}

/** Where a joint rests. */
export interface RestAngle {
  readonly joint: string;
  readonly rest_angle: number;
}

/** The rest pose of every joint that is measured. */
export interface RestPose {
  readonly items: readonly RestAngle[];
}

/** What the caller may do: codes of the access matrix, tables, and every action by its name. */
export interface Rights {
  readonly codes: readonly string[];
  readonly tables: Readonly<Record<string, TableRights>>;
  readonly actions: readonly string[];
}

/** A new claim code; the secret that the device has counts until the code is used, and at the longest until then.

    A tracker has a new link instead. */
export interface RotatedDevice {
  readonly claim_code: string | null;
  readonly claim_expires_at: string | null;
  readonly setup_link: string | null;
  readonly old_secret_ends_at: string;
}

/** How it stands with the caller's second factor. */
export interface SecondFactor {
  readonly enabled: boolean;
  readonly required: boolean;
  readonly confirmed_at: string | null;
  readonly recovery_codes_left: number;
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

/** Who sets a second factor up; where there is one already, a code of it, or one for once. */
export interface Setup {
  readonly email: string;
  readonly password: string;
  readonly code?: string | null;
}

/** What was done in a range, by priority and over all. */
export interface ShiftReport {
  readonly since: string;
  readonly until: string;
  readonly time_zone: string;
  readonly priorities: readonly PriorityReport[];
  readonly intervals: readonly ReportInterval[];
}

/** Who signs in, and from what. */
export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly client: "app" | "web";
  readonly code?: string | null;
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

/** A member of staff, with the fields that the caller may read. */
export interface Staff {
  readonly id: string;
  readonly user_id?: string;
  readonly name?: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly facility_id?: string;
  readonly role?: "admin" | "receptionist";
  readonly duty?: "dispatcher" | "supervisor" | null;
  readonly facility?: StaffFacility | null;
}

/** What changes a member of staff. */
export interface StaffChange {
  readonly duty?: "dispatcher" | "supervisor" | null;
}

/** What makes a member of staff. */
export interface StaffCreation {
  readonly user_id: string;
  readonly facility_id?: string;
  readonly role: "admin" | "receptionist";
  readonly duty?: "dispatcher" | "supervisor" | null;
}

/** A record inside another one. */
export interface StaffFacility {
  readonly id: unknown;
  readonly name: unknown;
}

/** A page of the records that the caller may read. */
export interface StaffList {
  readonly items: readonly Staff[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A desk; who adds somebody to the own facility need not name it. */
export interface StaffPart {
  readonly role: "admin" | "receptionist";
  readonly duty?: "dispatcher" | "supervisor" | null;
  readonly facility_id?: string | null;
}

/** Where a person works, and as what. */
export interface StaffRecord {
  readonly role: string;
  readonly duty: string | null;
  readonly facility_id: string;
}

/** A stop: from its first to its last fix, and the middle of them. */
export interface Stay {
  readonly from: string;
  readonly to: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** A unit that was looked at; `why_not` is null for one that can be asked, and `detail` says the same in words.

    `rank` 1 is the first choice, `parts` what its cost is made of, in seconds of travel; `diverts` names the call that
    it would be taken from. */
export interface Suggestion {
  readonly ambulance_id: number;
  readonly plate_number: string;
  readonly rank: number | null;
  readonly eta_s: number | null;
  readonly cost_s: number | null;
  readonly parts: Readonly<Record<string, number>> | null;
  readonly why_not: string | null;
  readonly detail: string | null;
  readonly is_base_used: boolean;
  readonly fix_age_s: number | null;
  readonly free_in_s: number | null;
  readonly diverts: string | null;
}

/** Who could take a call, the best first, and those who can not, last; an offer may name the decision. */
export interface Suggestions {
  readonly decision_id: string;
  readonly at: string;
  readonly travel: "line" | "osrm" | "roads" | "valhalla";
  readonly candidates: readonly Suggestion[];
  readonly words: string;
}

/** What the caller may do in some row of a table; which rows, each request tells. */
export interface TableRights {
  readonly read: boolean;
  readonly create: readonly string[];
  readonly change: readonly string[];
  readonly remove: boolean;
  readonly fields: readonly string[];
  readonly can_create: boolean;
}

/** Which socket it is for; a tablet's needs a device's bearer. */
export interface TicketOrder {
  readonly purpose: "device" | "live";
}

/** Everything that is written down about a call, in order. */
export interface Timeline {
  readonly items: readonly Happening[];
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

/** A payment, with the fields that the caller may read. */
export interface Transactions {
  readonly id: string;
  readonly user_id?: string;
  readonly service_type?: "ambulance" | "appointment" | "physio";
  readonly service_id?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly refunded_amount?: string;
  readonly status?: "authorized" | "captured" | "created" | "failed" | "partially_refunded" | "refunded" | "void";
  readonly facility_id?: string | null;
  readonly provider?: string | null;
  readonly provider_ref?: string | null;
  readonly created_at?: string;
}

/** A page of the records that the caller may read. */
export interface TransactionsList {
  readonly items: readonly Transactions[];
  readonly next_cursor: string | null;
  readonly total?: number;
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

/** An ambulance as other things name it. */
export interface UnitRef {
  readonly id: number;
  readonly plate_number: string;
}

/** What a dispatcher wrote, as the command `message` brings it. */
export interface UnreadMessage {
  readonly message: string;
  readonly text: string;
  readonly from: string;
  readonly sent_at: number;
}

/** The person who is signed in. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: string;
  readonly duty: string | null;
}

/** A user, with the fields that the caller may read. */
export interface Users {
  readonly id: string;
  readonly name?: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly role?: "admin" | "doctor" | "patient" | "staff";
  readonly time_zone?: string | null;
  readonly phone_verified_at?: string | null;
  readonly disabled_at?: string | null;
  readonly created_at?: string;
}

/** What changes a user. */
export interface UsersChange {
  readonly name?: string;
  readonly email?: string | null;
  readonly phone?: string | null;
}

/** A page of the records that the caller may read. */
export interface UsersList {
  readonly items: readonly Users[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** Why a unit is called back. */
export interface Withdrawn {
  readonly reason: string;
}

/** A workout plan, with the fields that the caller may read. */
export interface WorkoutPlans {
  readonly id: string;
  readonly patient_id?: string;
  readonly created_by?: string;
  readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation";
  readonly start_date?: string;
  readonly end_date?: string | null;
  readonly notes?: string | null;
  readonly status?: "active" | "draft" | "ended";
  readonly created_at?: string;
  readonly patient?: WorkoutPlansPatient | null;
  readonly doctor?: WorkoutPlansDoctor | null;
}

/** What changes a workout plan. */
export interface WorkoutPlansChange {
  readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation";
  readonly start_date?: string;
  readonly end_date?: string | null;
  readonly notes?: string | null;
  readonly status?: "active" | "draft" | "ended";
}

/** What makes a workout plan. */
export interface WorkoutPlansCreation {
  readonly patient_id: string;
  readonly created_by?: string;
  readonly joint: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation";
  readonly start_date: string;
  readonly end_date?: string | null;
  readonly notes?: string | null;
}

/** A record inside another one. */
export interface WorkoutPlansDoctor {
  readonly id: unknown;
  readonly name: unknown;
}

/** A page of the records that the caller may read. */
export interface WorkoutPlansList {
  readonly items: readonly WorkoutPlans[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

/** A record inside another one. */
export interface WorkoutPlansPatient {
  readonly id: unknown;
  readonly name: unknown;
}

/** By method and path below /api/v1: what a route takes, and what it answers when all is well. */
export interface Routes {
  "DELETE /ambulances/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /doctor_facilities/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /doctor_schedules/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /facilities/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /notifications/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /plan_exercises/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /sessions/current": { query: {}; body: undefined; answer: null };
  "DELETE /sessions/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /staff/{id}": { query: {}; body: undefined; answer: null };
  "DELETE /workout_plans/{id}": { query: {}; body: undefined; answer: null };
  "GET /alarms": { query: { readonly open?: boolean; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: AlarmList };
  "GET /ambulance_requests": { query: { readonly status?: "assigned" | "at_destination" | "cancelled" | "completed" | "duplicate" | "on_scene" | "queued" | "received" | "transporting"; readonly priority?: number; readonly patient_id?: string; readonly ambulance_id?: number; readonly destination_facility_id?: string; readonly facility_id?: string; readonly requested_at?: string; readonly requested_at_from?: string; readonly requested_at_until?: string; readonly search?: string; readonly sort?: "-priority" | "-requested_at" | "priority" | "requested_at"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: AmbulanceRequestsList };
  "GET /ambulance_requests.csv": { query: { readonly status?: "assigned" | "at_destination" | "cancelled" | "completed" | "duplicate" | "on_scene" | "queued" | "received" | "transporting"; readonly priority?: number; readonly patient_id?: string; readonly ambulance_id?: number; readonly destination_facility_id?: string; readonly facility_id?: string; readonly requested_at?: string; readonly requested_at_from?: string; readonly requested_at_until?: string; readonly search?: string; readonly sort?: "-priority" | "-requested_at" | "priority" | "requested_at"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /ambulance_requests/{id}": { query: { readonly embed?: string; }; body: undefined; answer: AmbulanceRequests };
  "GET /ambulance_requests/{id}/suggestions": { query: {}; body: undefined; answer: Suggestions };
  "GET /ambulance_requests/{id}/timeline": { query: {}; body: undefined; answer: Timeline };
  "GET /ambulances": { query: { readonly status?: "at_hospital" | "available" | "dispatched" | "en_route" | "offline" | "on_scene" | "out_of_service" | "transporting"; readonly capability?: "advanced" | "basic" | "neonatal" | "transport"; readonly facility_id?: string; readonly search?: string; readonly sort?: "-id" | "-plate_number" | "id" | "plate_number"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: AmbulancesList };
  "GET /ambulances.csv": { query: { readonly status?: "at_hospital" | "available" | "dispatched" | "en_route" | "offline" | "on_scene" | "out_of_service" | "transporting"; readonly capability?: "advanced" | "basic" | "neonatal" | "transport"; readonly facility_id?: string; readonly search?: string; readonly sort?: "-id" | "-plate_number" | "id" | "plate_number"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /ambulances/inside": { query: { readonly south?: number; readonly west?: number; readonly north?: number; readonly east?: number; readonly polygon?: string; readonly status?: "at_hospital" | "available" | "dispatched" | "en_route" | "offline" | "on_scene" | "out_of_service" | "transporting"; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: AmbulanceList };
  "GET /ambulances/nearest": { query: { readonly latitude: number; readonly longitude: number; readonly limit?: number; }; body: undefined; answer: NearList };
  "GET /ambulances/{id}": { query: { readonly embed?: string; }; body: undefined; answer: Ambulances };
  "GET /ambulances/{id}/messages": { query: { readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: CrewMessageList };
  "GET /ambulances/{id}/positions": { query: { readonly from?: string; readonly to?: string; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: PositionList };
  "GET /ambulances/{id}/positions.csv": { query: { readonly from?: string; readonly to?: string; }; body: undefined; answer: string };
  "GET /ambulances/{id}/positions.geojson": { query: { readonly from?: string; readonly to?: string; }; body: undefined; answer: Readonly<Record<string, unknown>> };
  "GET /ambulances/{id}/positions.gpx": { query: { readonly from?: string; readonly to?: string; }; body: undefined; answer: string };
  "GET /ambulances/{id}/track": { query: { readonly from?: string; readonly to?: string; readonly points?: number; }; body: undefined; answer: TrackAnswer };
  "GET /ambulances/{id}/trips": { query: { readonly from?: string; readonly to?: string; readonly format?: "csv" | "json"; }; body: undefined; answer: TripList };
  "GET /appointments": { query: { readonly patient_id?: string; readonly doctor_id?: string; readonly facility_id?: string; readonly status?: "arrived" | "cancelled" | "completed" | "missed" | "requested" | "scheduled"; readonly scheduled_at?: string; readonly scheduled_at_from?: string; readonly scheduled_at_until?: string; readonly sort?: "-created_at" | "-scheduled_at" | "created_at" | "scheduled_at"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: AppointmentsList };
  "GET /appointments.csv": { query: { readonly patient_id?: string; readonly doctor_id?: string; readonly facility_id?: string; readonly status?: "arrived" | "cancelled" | "completed" | "missed" | "requested" | "scheduled"; readonly scheduled_at?: string; readonly scheduled_at_from?: string; readonly scheduled_at_until?: string; readonly sort?: "-created_at" | "-scheduled_at" | "created_at" | "scheduled_at"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /appointments/{id}": { query: { readonly embed?: string; }; body: undefined; answer: Appointments };
  "GET /assignments/{id}": { query: {}; body: undefined; answer: DispatchAssignment };
  "GET /audit_log": { query: { readonly patient_id?: string; readonly actor_id?: string; readonly actor_kind?: "anonymous" | "device" | "system" | "user"; readonly action?: string; readonly entity?: string; readonly entity_id?: string; readonly outcome?: "allowed" | "denied"; readonly at?: string; readonly at_from?: string; readonly at_until?: string; readonly sort?: "-at" | "at"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: AuditLogList };
  "GET /audit_log.csv": { query: { readonly patient_id?: string; readonly actor_id?: string; readonly actor_kind?: "anonymous" | "device" | "system" | "user"; readonly action?: string; readonly entity?: string; readonly entity_id?: string; readonly outcome?: "allowed" | "denied"; readonly at?: string; readonly at_from?: string; readonly at_until?: string; readonly sort?: "-at" | "at"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /audit_log/{id}": { query: { readonly embed?: string; }; body: undefined; answer: AuditLog };
  "GET /break_glass": { query: { readonly user_id?: string; readonly patient_id?: string; readonly granted_at?: string; readonly granted_at_from?: string; readonly granted_at_until?: string; readonly sort?: "-granted_at" | "granted_at"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: BreakGlassList };
  "GET /break_glass.csv": { query: { readonly user_id?: string; readonly patient_id?: string; readonly granted_at?: string; readonly granted_at_from?: string; readonly granted_at_until?: string; readonly sort?: "-granted_at" | "granted_at"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /break_glass/{id}": { query: { readonly embed?: string; }; body: undefined; answer: BreakGlass };
  "GET /crew/state": { query: {}; body: undefined; answer: CrewState };
  "GET /devices": { query: { readonly kind?: "physio" | "tablet"; readonly protocol?: "hub" | "owntracks" | "traccar"; readonly ambulance_id?: number; readonly facility_id?: string; readonly patient_id?: string; readonly revoked?: boolean; readonly revoked_at?: string; readonly revoked_at_from?: string; readonly revoked_at_until?: string; readonly search?: string; readonly sort?: "-created_at" | "-name" | "created_at" | "name"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: DevicesList };
  "GET /devices.csv": { query: { readonly kind?: "physio" | "tablet"; readonly protocol?: "hub" | "owntracks" | "traccar"; readonly ambulance_id?: number; readonly facility_id?: string; readonly patient_id?: string; readonly revoked?: boolean; readonly revoked_at?: string; readonly revoked_at_from?: string; readonly revoked_at_until?: string; readonly search?: string; readonly sort?: "-created_at" | "-name" | "created_at" | "name"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /devices/{id}": { query: { readonly embed?: string; }; body: undefined; answer: Devices };
  "GET /dispatch/advice": { query: {}; body: undefined; answer: Advice };
  "GET /dispatch/alerts": { query: { readonly open?: boolean; readonly request_id?: string; readonly limit?: number; readonly cursor?: string; }; body: undefined; answer: DispatchAlertList };
  "GET /dispatch/board": { query: {}; body: undefined; answer: Board };
  "GET /dispatch/decisions/{id}": { query: {}; body: undefined; answer: DecisionShown };
  "GET /dispatch/handovers": { query: { readonly limit?: number; }; body: undefined; answer: HandoverList };
  "GET /dispatch/likely": { query: { readonly callback_number?: string; readonly patient_id?: string; readonly latitude?: number; readonly longitude?: number; readonly complaint?: string; readonly besides?: string; }; body: undefined; answer: LikelyList };
  "GET /dispatch/report": { query: { readonly since?: string; readonly until?: string; readonly day?: string; readonly begins?: string; readonly ends?: string; readonly time_zone?: string; readonly facility_id?: string; }; body: undefined; answer: ShiftReport };
  "GET /dispatch/report.csv": { query: { readonly since?: string; readonly until?: string; readonly day?: string; readonly begins?: string; readonly ends?: string; readonly time_zone?: string; readonly facility_id?: string; }; body: undefined; answer: string };
  "GET /doctor_facilities": { query: { readonly doctor_id?: string; readonly facility_id?: string; readonly sort?: "-id" | "id"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: DoctorFacilitiesList };
  "GET /doctor_facilities.csv": { query: { readonly doctor_id?: string; readonly facility_id?: string; readonly sort?: "-id" | "id"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /doctor_facilities/{id}": { query: { readonly embed?: string; }; body: undefined; answer: DoctorFacilities };
  "GET /doctor_schedules": { query: { readonly doctor_id?: string; readonly facility_id?: string; readonly day_of_week?: number; readonly sort?: "-day_of_week" | "-start_time" | "day_of_week" | "start_time"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: DoctorSchedulesList };
  "GET /doctor_schedules.csv": { query: { readonly doctor_id?: string; readonly facility_id?: string; readonly day_of_week?: number; readonly sort?: "-day_of_week" | "-start_time" | "day_of_week" | "start_time"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /doctor_schedules/{id}": { query: { readonly embed?: string; }; body: undefined; answer: DoctorSchedules };
  "GET /doctors": { query: { readonly specialization?: string; readonly search?: string; readonly sort?: "-name" | "-years_experience" | "name" | "years_experience"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: DoctorsList };
  "GET /doctors.csv": { query: { readonly specialization?: string; readonly search?: string; readonly sort?: "-name" | "-years_experience" | "name" | "years_experience"; }; body: undefined; answer: string };
  "GET /doctors/{id}": { query: {}; body: undefined; answer: Doctors };
  "GET /exercise_day": { query: {}; body: undefined; answer: ExerciseDay };
  "GET /exercise_ticks": { query: { readonly exercise_id?: string; readonly patient_id?: string; readonly day?: string; readonly day_from?: string; readonly day_until?: string; readonly sort?: "-day" | "day"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: ExerciseTicksList };
  "GET /exercise_ticks.csv": { query: { readonly exercise_id?: string; readonly patient_id?: string; readonly day?: string; readonly day_from?: string; readonly day_until?: string; readonly sort?: "-day" | "day"; }; body: undefined; answer: string };
  "GET /exercise_ticks/{id}": { query: {}; body: undefined; answer: ExerciseTicks };
  "GET /facilities": { query: { readonly type?: "clinic" | "hospital"; readonly search?: string; readonly sort?: "-created_at" | "-name" | "created_at" | "name"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: FacilitiesList };
  "GET /facilities.csv": { query: { readonly type?: "clinic" | "hospital"; readonly search?: string; readonly sort?: "-created_at" | "-name" | "created_at" | "name"; }; body: undefined; answer: string };
  "GET /facilities/{id}": { query: {}; body: undefined; answer: Facilities };
  "GET /fleet/playback": { query: { readonly from?: string; readonly to?: string; readonly step_s?: number; }; body: undefined; answer: PlaybackAnswer };
  "GET /inbox": { query: { readonly limit?: number; }; body: undefined; answer: Inbox };
  "GET /joint_motion_logs": { query: { readonly session_id: string; readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation"; readonly repetition?: number; readonly timestamp?: string; readonly timestamp_from?: string; readonly timestamp_until?: string; readonly sort?: "-timestamp" | "timestamp"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: JointMotionLogsList };
  "GET /joint_motion_logs.csv": { query: { readonly session_id: string; readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation"; readonly repetition?: number; readonly timestamp?: string; readonly timestamp_from?: string; readonly timestamp_until?: string; readonly sort?: "-timestamp" | "timestamp"; }; body: undefined; answer: string };
  "GET /map": { query: {}; body: undefined; answer: Map };
  "GET /map/roads": { query: {}; body: undefined; answer: Readonly<Record<string, unknown>> };
  "GET /messages": { query: { readonly with_user_id?: string; readonly sender_id?: string; readonly receiver_id?: string; readonly read?: boolean; readonly sent_at?: string; readonly sent_at_from?: string; readonly sent_at_until?: string; readonly sort?: "-sequence" | "sequence"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: MessagesList };
  "GET /messages.csv": { query: { readonly with_user_id?: string; readonly sender_id?: string; readonly receiver_id?: string; readonly read?: boolean; readonly sent_at?: string; readonly sent_at_from?: string; readonly sent_at_until?: string; readonly sort?: "-sequence" | "sequence"; }; body: undefined; answer: string };
  "GET /messages/recipients": { query: { readonly search?: string; }; body: undefined; answer: RecipientList };
  "GET /messages/{id}": { query: {}; body: undefined; answer: Messages };
  "GET /notifications": { query: { readonly read?: boolean; readonly type?: string; readonly created_at?: string; readonly created_at_from?: string; readonly created_at_until?: string; readonly sort?: "-created_at" | "-sequence" | "created_at" | "sequence"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: NotificationsList };
  "GET /notifications.csv": { query: { readonly read?: boolean; readonly type?: string; readonly created_at?: string; readonly created_at_from?: string; readonly created_at_until?: string; readonly sort?: "-created_at" | "-sequence" | "created_at" | "sequence"; }; body: undefined; answer: string };
  "GET /notifications/{id}": { query: {}; body: undefined; answer: Notifications };
  "GET /patients": { query: { readonly date_of_birth?: string; readonly date_of_birth_from?: string; readonly date_of_birth_until?: string; readonly search?: string; readonly sort?: "-date_of_birth" | "-name" | "date_of_birth" | "name"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: PatientsList };
  "GET /patients.csv": { query: { readonly date_of_birth?: string; readonly date_of_birth_from?: string; readonly date_of_birth_until?: string; readonly search?: string; readonly sort?: "-date_of_birth" | "-name" | "date_of_birth" | "name"; }; body: undefined; answer: string };
  "GET /patients/{id}": { query: {}; body: undefined; answer: Patients };
  "GET /physio_sessions": { query: { readonly patient_id?: string; readonly therapist_id?: string; readonly facility_id?: string; readonly plan_id?: string; readonly exercise_id?: string; readonly status?: "cancelled" | "completed" | "in_progress" | "missed" | "scheduled"; readonly device_id?: number; readonly scheduled_at?: string; readonly scheduled_at_from?: string; readonly scheduled_at_until?: string; readonly sort?: "-created_at" | "-scheduled_at" | "created_at" | "scheduled_at"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: PhysioSessionsList };
  "GET /physio_sessions.csv": { query: { readonly patient_id?: string; readonly therapist_id?: string; readonly facility_id?: string; readonly plan_id?: string; readonly exercise_id?: string; readonly status?: "cancelled" | "completed" | "in_progress" | "missed" | "scheduled"; readonly device_id?: number; readonly scheduled_at?: string; readonly scheduled_at_from?: string; readonly scheduled_at_until?: string; readonly sort?: "-created_at" | "-scheduled_at" | "created_at" | "scheduled_at"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /physio_sessions/{id}": { query: { readonly embed?: string; }; body: undefined; answer: PhysioSessions };
  "GET /physio_sessions/{id}/motion": { query: { readonly points?: number; readonly from?: number; readonly to?: number; }; body: undefined; answer: Motion };
  "GET /physio_sessions/{id}/motion.csv": { query: {}; body: undefined; answer: string };
  "GET /physio_sessions/{id}/repetitions": { query: {}; body: undefined; answer: PhysioRepetitionList };
  "GET /physio_sessions/{id}/targets": { query: {}; body: undefined; answer: PhysioTargetList };
  "GET /places": { query: { readonly q: string; readonly latitude?: number; readonly longitude?: number; readonly limit?: number; }; body: undefined; answer: PlaceList };
  "GET /plan_exercises": { query: { readonly plan_id?: string; readonly day_of_week?: number; readonly sort?: "-day_of_week" | "-name" | "day_of_week" | "name"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: PlanExercisesList };
  "GET /plan_exercises.csv": { query: { readonly plan_id?: string; readonly day_of_week?: number; readonly sort?: "-day_of_week" | "-name" | "day_of_week" | "name"; }; body: undefined; answer: string };
  "GET /plan_exercises/{id}": { query: {}; body: undefined; answer: PlanExercises };
  "GET /record_accesses": { query: { readonly entity?: string; readonly at?: string; readonly at_from?: string; readonly at_until?: string; readonly sort?: "-at" | "at"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: RecordAccessesList };
  "GET /record_accesses.csv": { query: { readonly entity?: string; readonly at?: string; readonly at_from?: string; readonly at_until?: string; readonly sort?: "-at" | "at"; }; body: undefined; answer: string };
  "GET /rehab_days": { query: { readonly plan_id?: string; readonly day?: string; readonly day_from?: string; readonly day_until?: string; readonly sort?: "-day" | "day"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: RehabDaysList };
  "GET /rehab_days.csv": { query: { readonly plan_id?: string; readonly day?: string; readonly day_from?: string; readonly day_until?: string; readonly sort?: "-day" | "day"; }; body: undefined; answer: string };
  "GET /rehab_days/{id}": { query: {}; body: undefined; answer: RehabDays };
  "GET /rehab_progress": { query: { readonly plan_id?: string; readonly sort?: "-last_updated" | "last_updated"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: RehabProgressList };
  "GET /rehab_progress.csv": { query: { readonly plan_id?: string; readonly sort?: "-last_updated" | "last_updated"; }; body: undefined; answer: string };
  "GET /rehab_progress/{id}": { query: {}; body: undefined; answer: RehabProgress };
  "GET /rights": { query: {}; body: undefined; answer: Rights };
  "GET /sessions": { query: {}; body: undefined; answer: SessionList };
  "GET /sessions/current": { query: {}; body: undefined; answer: Current };
  "GET /staff": { query: { readonly facility_id?: string; readonly role?: "admin" | "receptionist"; readonly duty?: "dispatcher" | "supervisor"; readonly search?: string; readonly sort?: "-name" | "name"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: StaffList };
  "GET /staff.csv": { query: { readonly facility_id?: string; readonly role?: "admin" | "receptionist"; readonly duty?: "dispatcher" | "supervisor"; readonly search?: string; readonly sort?: "-name" | "name"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /staff/{id}": { query: { readonly embed?: string; }; body: undefined; answer: Staff };
  "GET /totp": { query: {}; body: undefined; answer: SecondFactor };
  "GET /transactions": { query: { readonly user_id?: string; readonly service_type?: "ambulance" | "appointment" | "physio"; readonly service_id?: string; readonly status?: "authorized" | "captured" | "created" | "failed" | "partially_refunded" | "refunded" | "void"; readonly facility_id?: string; readonly created_at?: string; readonly created_at_from?: string; readonly created_at_until?: string; readonly sort?: "-amount" | "-created_at" | "amount" | "created_at"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: TransactionsList };
  "GET /transactions.csv": { query: { readonly user_id?: string; readonly service_type?: "ambulance" | "appointment" | "physio"; readonly service_id?: string; readonly status?: "authorized" | "captured" | "created" | "failed" | "partially_refunded" | "refunded" | "void"; readonly facility_id?: string; readonly created_at?: string; readonly created_at_from?: string; readonly created_at_until?: string; readonly sort?: "-amount" | "-created_at" | "amount" | "created_at"; }; body: undefined; answer: string };
  "GET /transactions/{id}": { query: {}; body: undefined; answer: Transactions };
  "GET /users": { query: { readonly role?: "admin" | "doctor" | "patient" | "staff"; readonly created_at?: string; readonly created_at_from?: string; readonly created_at_until?: string; readonly search?: string; readonly sort?: "-created_at" | "-name" | "created_at" | "name"; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: UsersList };
  "GET /users.csv": { query: { readonly role?: "admin" | "doctor" | "patient" | "staff"; readonly created_at?: string; readonly created_at_from?: string; readonly created_at_until?: string; readonly search?: string; readonly sort?: "-created_at" | "-name" | "created_at" | "name"; }; body: undefined; answer: string };
  "GET /users/{id}": { query: {}; body: undefined; answer: Users };
  "GET /users/{id}/sessions": { query: {}; body: undefined; answer: SessionList };
  "GET /workout_plans": { query: { readonly patient_id?: string; readonly created_by?: string; readonly status?: "active" | "draft" | "ended"; readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation"; readonly sort?: "-created_at" | "-start_date" | "created_at" | "start_date"; readonly embed?: string; readonly limit?: number; readonly cursor?: string; readonly total?: boolean; }; body: undefined; answer: WorkoutPlansList };
  "GET /workout_plans.csv": { query: { readonly patient_id?: string; readonly created_by?: string; readonly status?: "active" | "draft" | "ended"; readonly joint?: "left_ankle_dorsiflexion" | "left_ankle_inversion" | "left_elbow_flexion" | "left_forearm_supination" | "left_hip_abduction" | "left_hip_flexion" | "left_hip_rotation" | "left_knee_flexion" | "left_knee_rotation" | "left_shoulder_abduction" | "left_shoulder_flexion" | "left_shoulder_rotation" | "left_wrist_deviation" | "left_wrist_flexion" | "neck_bending" | "neck_flexion" | "neck_rotation" | "right_ankle_dorsiflexion" | "right_ankle_inversion" | "right_elbow_flexion" | "right_forearm_supination" | "right_hip_abduction" | "right_hip_flexion" | "right_hip_rotation" | "right_knee_flexion" | "right_knee_rotation" | "right_shoulder_abduction" | "right_shoulder_flexion" | "right_shoulder_rotation" | "right_wrist_deviation" | "right_wrist_flexion" | "trunk_bending" | "trunk_flexion" | "trunk_rotation"; readonly sort?: "-created_at" | "-start_date" | "created_at" | "start_date"; readonly embed?: string; }; body: undefined; answer: string };
  "GET /workout_plans/{id}": { query: { readonly embed?: string; }; body: undefined; answer: WorkoutPlans };
  "PATCH /ambulance_requests/{id}": { query: {}; body: AmbulanceRequestsChange; answer: AmbulanceRequests };
  "PATCH /ambulances/{id}": { query: {}; body: AmbulancesChange; answer: Ambulances };
  "PATCH /appointments/{id}": { query: {}; body: AppointmentsChange; answer: Appointments };
  "PATCH /assignments/{id}/times": { query: {}; body: OtherTimes; answer: DispatchAssignment };
  "PATCH /devices/{id}": { query: {}; body: DevicesChange; answer: Devices };
  "PATCH /doctor_facilities/{id}": { query: {}; body: DoctorFacilitiesChange; answer: DoctorFacilities };
  "PATCH /doctor_schedules/{id}": { query: {}; body: DoctorSchedulesChange; answer: DoctorSchedules };
  "PATCH /doctors/{id}": { query: {}; body: DoctorsChange; answer: Doctors };
  "PATCH /exercise_ticks/{id}": { query: {}; body: ExerciseTicksChange; answer: ExerciseTicks };
  "PATCH /facilities/{id}": { query: {}; body: FacilitiesChange; answer: Facilities };
  "PATCH /messages/{id}": { query: {}; body: MessagesChange; answer: Messages };
  "PATCH /notifications/{id}": { query: {}; body: NotificationsChange; answer: Notifications };
  "PATCH /patients/{id}": { query: {}; body: PatientsChange; answer: Patients };
  "PATCH /physio_sessions/{id}": { query: {}; body: PhysioSessionsChange; answer: PhysioSessions };
  "PATCH /plan_exercises/{id}": { query: {}; body: PlanExercisesChange; answer: PlanExercises };
  "PATCH /staff/{id}": { query: {}; body: StaffChange; answer: Staff };
  "PATCH /users/{id}": { query: {}; body: UsersChange; answer: Users };
  "PATCH /workout_plans/{id}": { query: {}; body: WorkoutPlansChange; answer: WorkoutPlans };
  "POST /activations": { query: {}; body: Activation; answer: null };
  "POST /alarms/{id}/acknowledge": { query: {}; body: undefined; answer: Alarm };
  "POST /ambulance_requests": { query: {}; body: AmbulanceRequestsCreation; answer: AmbulanceRequests };
  "POST /ambulance_requests/{id}/cancel": { query: {}; body: Ended; answer: AmbulanceRequests };
  "POST /ambulance_requests/{id}/duplicate": { query: {}; body: Repeated; answer: AmbulanceRequests };
  "POST /ambulance_requests/{id}/offers": { query: {}; body: NewOffer; answer: DispatchAssignment };
  "POST /ambulances": { query: {}; body: AmbulancesCreation; answer: Ambulances };
  "POST /ambulances/{id}/messages": { query: {}; body: NewCrewMessage; answer: CrewMessage };
  "POST /appointments": { query: {}; body: AppointmentsCreation; answer: Appointments };
  "POST /assignments/{id}/divert": { query: {}; body: Diversion; answer: DispatchAssignment };
  "POST /assignments/{id}/stages": { query: {}; body: NewStage; answer: DispatchAssignment };
  "POST /assignments/{id}/withdraw": { query: {}; body: Withdrawn; answer: DispatchAssignment };
  "POST /break_glass": { query: {}; body: Breach; answer: Broken };
  "POST /crew/reports": { query: {}; body: CrewReports; answer: ReportAnswers };
  "POST /crew_messages/{id}/read": { query: {}; body: undefined; answer: CrewMessage };
  "POST /devices": { query: {}; body: NewDevice; answer: AddedDevice };
  "POST /devices/claim": { query: {}; body: Claim; answer: ClaimedDevice };
  "POST /devices/{id}/bind": { query: {}; body: Binding; answer: Devices };
  "POST /devices/{id}/claim_code": { query: {}; body: undefined; answer: NewClaim };
  "POST /devices/{id}/revoke": { query: {}; body: undefined; answer: Devices };
  "POST /devices/{id}/rotate": { query: {}; body: undefined; answer: RotatedDevice };
  "POST /dispatch/alerts/{id}/acknowledge": { query: {}; body: undefined; answer: DispatchAlert };
  "POST /dispatch/handovers": { query: {}; body: NewHandover; answer: HandoverNote };
  "POST /doctor_facilities": { query: {}; body: DoctorFacilitiesCreation; answer: DoctorFacilities };
  "POST /doctor_schedules": { query: {}; body: DoctorSchedulesCreation; answer: DoctorSchedules };
  "POST /doctors": { query: {}; body: DoctorsCreation; answer: Doctors };
  "POST /exercise_ticks": { query: {}; body: ExerciseTicksCreation; answer: ExerciseTicks };
  "POST /facilities": { query: {}; body: FacilitiesCreation; answer: Facilities };
  "POST /messages": { query: {}; body: MessagesCreation; answer: Messages };
  "POST /notifications/read": { query: {}; body: ReadMark; answer: Marked };
  "POST /paper_calls": { query: {}; body: PaperCall; answer: PaperEntered };
  "POST /password_resets": { query: {}; body: Forgotten; answer: null };
  "POST /patients": { query: {}; body: PatientsCreation; answer: Patients };
  "POST /physio_sessions": { query: {}; body: PhysioSessionsCreation; answer: PhysioSessions };
  "POST /physio_sessions/{id}/rest": { query: {}; body: undefined; answer: RestPose };
  "POST /plan_exercises": { query: {}; body: PlanExercisesCreation; answer: PlanExercises };
  "POST /registrations": { query: {}; body: Registration; answer: OnePerson };
  "POST /sessions": { query: {}; body: SignIn; answer: SignedIn };
  "POST /sessions/refresh": { query: {}; body: Refresh; answer: Refreshed };
  "POST /staff": { query: {}; body: StaffCreation; answer: Staff };
  "POST /totp": { query: {}; body: Setup; answer: Proposed };
  "POST /totp/confirm": { query: {}; body: Confirmation; answer: RecoveryCodes };
  "POST /totp/recovery_codes": { query: {}; body: CodeShown; answer: RecoveryCodes };
  "POST /users": { query: {}; body: NewAccount; answer: Added };
  "POST /users/{id}/disable": { query: {}; body: undefined; answer: OnePerson };
  "POST /users/{id}/enable": { query: {}; body: undefined; answer: OnePerson };
  "POST /users/{id}/invite": { query: {}; body: undefined; answer: Invited };
  "POST /users/{id}/password": { query: {}; body: PasswordChange; answer: null };
  "POST /users/{id}/pseudonymise": { query: {}; body: undefined; answer: OnePerson };
  "POST /users/{id}/role": { query: {}; body: NewRole; answer: OnePerson };
  "POST /users/{id}/totp_bypass": { query: {}; body: undefined; answer: Bypass };
  "POST /workout_plans": { query: {}; body: WorkoutPlansCreation; answer: WorkoutPlans };
  "POST /ws-tickets": { query: {}; body: TicketOrder; answer: IssuedTicket };
}
