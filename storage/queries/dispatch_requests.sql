-- name: lock
-- Calls by id, locked until the transaction ends; always the first that a move locks, and in the order of their ids.
SELECT r.id, r.patient_id, r.ambulance_id, r.pickup_location, r.destination, r.requested_at, r.status, r.priority,
       r.caller, r.callback_number, r.complaint, r.location_note, r.notes, r.destination_facility_id,
       r.destination_location, r.facility_id, r.scheduled_for, r.unserved_since, r.cancel_reason, r.duplicate_of,
       r.created_by, r.source, r.closed_at, r.version, r.is_verified, r.back_entered, r.eta_at, r.needs
  FROM ambulance_requests r
 WHERE r.id = ANY (:ids::uuid[])
 ORDER BY r.id
   FOR NO KEY UPDATE;

-- name: find
-- One call.
SELECT r.id, r.patient_id, r.ambulance_id, r.pickup_location, r.destination, r.requested_at, r.status, r.priority,
       r.caller, r.callback_number, r.complaint, r.location_note, r.notes, r.destination_facility_id,
       r.destination_location, r.facility_id, r.scheduled_for, r.unserved_since, r.cancel_reason, r.duplicate_of,
       r.created_by, r.source, r.closed_at, r.version, r.is_verified, r.back_entered, r.eta_at, r.needs
  FROM ambulance_requests r
 WHERE r.id = :id;

-- name: take_turn
-- Let one call at a time be received from a patient or a number, so that two repeats at once join one call.
SELECT pg_advisory_xact_lock(hashtextextended(:key, 0));

-- name: find_repeated
-- The open call that a new one repeats, the oldest first: the same patient, or the same number (its digits) unless that
-- is another patient's; one for a certain time is another call than one for now.
SELECT r.id
  FROM ambulance_requests r
 WHERE r.status NOT IN ('completed', 'cancelled', 'duplicate')
   AND r.requested_at >= :since
   AND NOT r.back_entered
   AND r.scheduled_for IS NOT DISTINCT FROM :scheduled_for::timestamptz
   AND (r.patient_id = :patient_id::uuid
        OR (regexp_replace(r.callback_number, '[^0-9]', '', 'g') = :digits::text
            AND (r.patient_id IS NULL OR :patient_id::uuid IS NULL)))
 ORDER BY r.patient_id IS NOT DISTINCT FROM :patient_id::uuid DESC, r.requested_at, r.id
 LIMIT 1;

-- name: insert
-- A new call.
INSERT INTO ambulance_requests (
    patient_id, pickup_location, destination, requested_at, status, priority, caller, callback_number, complaint,
    location_note, notes, destination_facility_id, destination_location, facility_id, scheduled_for, created_by, source,
    is_verified, back_entered, needs, cancel_reason, closed_at)
VALUES (
    :patient_id, :pickup_location, :destination, :requested_at, :status, :priority, :caller, :callback_number, :complaint,
    :location_note, :notes, :destination_facility_id, :destination_location, :facility_id, :scheduled_for, :created_by,
    :source, :is_verified, :back_entered, :needs, :cancel_reason, :closed_at)
RETURNING id;

-- name: complete
-- What a repeat of a call adds to it.
UPDATE ambulance_requests
   SET patient_id = :patient_id, pickup_location = :pickup_location, destination = :destination, caller = :caller,
       callback_number = :callback_number, complaint = :complaint, location_note = :location_note, needs = :needs,
       destination_facility_id = :destination_facility_id, destination_location = :destination_location,
       is_verified = :is_verified, version = version + 1
 WHERE id = :id;

-- name: advance
-- How far a call is, and who has it.
UPDATE ambulance_requests
   SET status = :status, ambulance_id = :ambulance_id, eta_at = :eta_at, unserved_since = :unserved_since,
       cancel_reason = :cancel_reason, duplicate_of = :duplicate_of, closed_at = :closed_at, version = version + 1
 WHERE id = :id;

-- name: expect
-- When the unit that has a call should be there; no new version of the call, as this changes by itself.
UPDATE ambulance_requests SET eta_at = :eta_at WHERE id = :id;

-- name: body
-- A call as dispatchers see it.
SELECT dispatch_request_body(r) AS body FROM ambulance_requests r WHERE r.id = :id;

-- name: proven_number
-- The number of an account that was proven to be theirs.
SELECT phone FROM users WHERE id = :user_id AND phone_verified_at IS NOT NULL;
