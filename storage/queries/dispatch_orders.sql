-- name: give_up_of_assignment
-- What was said about an assignment and not answered is of no use any more. Locked in the order of `take_pending`.
WITH due AS MATERIALIZED (
    SELECT id FROM device_commands
     WHERE assignment_id = :assignment_id AND kind = ANY (:kinds::text[]) AND acked_at IS NULL
     ORDER BY device_id, created_at FOR NO KEY UPDATE
)
UPDATE device_commands c SET acked_at = now(), status = 'expired', detail = :why FROM due WHERE c.id = due.id;

-- name: give_up_reporting
-- A newer one replaces what was said and not answered.
WITH due AS MATERIALIZED (
    SELECT c.id FROM devices d JOIN device_commands c ON c.device_id = d.id
     WHERE d.ambulance_id = :ambulance_id AND c.kind = 'reporting' AND c.acked_at IS NULL
     ORDER BY c.device_id, c.created_at FOR NO KEY UPDATE OF c
)
UPDATE device_commands c SET acked_at = now(), status = 'expired', detail = 'replaced by a newer one'
  FROM due WHERE c.id = due.id;

-- name: order
-- The same command for every tablet of an ambulance that takes commands, but one.
INSERT INTO device_commands (device_id, kind, body, assignment_id, expires_at)
SELECT d.id, :kind::text, :body::jsonb, :assignment_id::uuid, :expires_at::timestamptz
  FROM devices d
 WHERE d.ambulance_id = :ambulance_id AND d.kind = 'tablet' AND d.protocol = 'hub' AND d.revoked_at IS NULL
   AND d.id IS DISTINCT FROM :but::bigint
 ORDER BY d.id
RETURNING device_id;

-- name: describe_call
-- What a crew is told of its call, without what is not known: who is ill, and who called, only once it has accepted.
SELECT a.ambulance_id, a.offer_expires_at,
       jsonb_strip_nulls(jsonb_build_object(
           'assignment', a.id, 'request', r.id, 'stage', a.status, 'priority', r.priority,
           'complaint', r.complaint, 'location_note', r.location_note,
           'latitude', r.pickup_location[1], 'longitude', r.pickup_location[0],
           'destination', coalesce(f.name, r.destination),
           'destination_latitude', (coalesce(r.destination_location, f.location))[1],
           'destination_longitude', (coalesce(r.destination_location, f.location))[0])) AS outline,
       jsonb_strip_nulls(jsonb_build_object(
           'offered_at', (extract(epoch FROM a.offered_at) * 1000000)::bigint,
           'expires_at', (extract(epoch FROM a.offer_expires_at) * 1000000)::bigint,
           'eta_s', round(extract(epoch FROM a.eta_at - a.offered_at)))) AS timing,
       jsonb_strip_nulls(jsonb_build_object(
           'notes', left(r.notes, 2000), 'caller', r.caller, 'callback_number', r.callback_number,
           'patient', split_part(u.name, ' ', 1),
           'patient_age_band', (extract(year FROM age(p.date_of_birth))::int / 10 * 10)
                               || '-' || (extract(year FROM age(p.date_of_birth))::int / 10 * 10 + 9),
           'patient_phone', u.phone, 'blood_type', p.blood_type)) AS people
  FROM assignments a
  JOIN ambulance_requests r ON r.id = a.request_id
  LEFT JOIN facilities f ON f.id = r.destination_facility_id
  LEFT JOIN patients p ON p.id = r.patient_id
  LEFT JOIN users u ON u.id = p.id
 WHERE a.id = :assignment_id;
