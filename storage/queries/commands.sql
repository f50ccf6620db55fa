-- name: enqueue
-- Store a command for a device.
INSERT INTO device_commands (device_id, kind, body) VALUES (:device_id, :kind, :body) RETURNING id;

-- name: take_pending
-- What devices have not answered, the oldest first, marked as sent; what is of no use any more is given up instead.
WITH asked AS MATERIALIZED (
    SELECT a.device_id, a.n FROM unnest(:device_id::bigint[]) WITH ORDINALITY AS a (device_id, n)
), waiting AS MATERIALIZED (
    SELECT oldest.id, oldest.expires_at <= now() AS is_over
      FROM (SELECT DISTINCT device_id FROM asked ORDER BY device_id) AS d
     CROSS JOIN LATERAL (
           SELECT c.id, c.expires_at FROM device_commands c
            WHERE c.device_id = d.device_id AND c.acked_at IS NULL
            ORDER BY c.created_at LIMIT 100 FOR NO KEY UPDATE) AS oldest
), given_up AS (
    UPDATE device_commands c
       SET acked_at = now(), status = 'expired', detail = 'the device was away for too long'
      FROM waiting WHERE c.id = waiting.id AND waiting.is_over
), sent AS (
    UPDATE device_commands c SET sent_at = now() FROM waiting WHERE c.id = waiting.id AND waiting.is_over IS NOT TRUE
    RETURNING c.id, c.device_id, c.kind, c.body, c.created_at
)
SELECT asked.n, sent.id, sent.kind, sent.body
  FROM asked JOIN sent ON sent.device_id = asked.device_id
 ORDER BY sent.created_at;

-- name: acknowledge
-- A device's answer, once.
UPDATE device_commands SET acked_at = now(), status = :status, detail = :detail
 WHERE id = :command_id AND device_id = :device_id AND acked_at IS NULL
RETURNING id;

-- name: find_unanswered
-- What an unanswered command is about.
SELECT kind, assignment_id, body ->> 'message' AS message_id
  FROM device_commands
 WHERE id = :command_id AND device_id = :device_id AND acked_at IS NULL;

-- name: assignment_delivered
-- A tablet has the offer; the first one counts.
UPDATE assignments SET delivered_at = greatest(:at, offered_at), version = version + 1
 WHERE id = :assignment_id AND delivered_at IS NULL;

-- name: message_delivered
-- A tablet has what a dispatcher wrote; the first one counts.
UPDATE crew_messages SET delivered_at = :at WHERE id = :message_id::uuid AND sender = 'desk' AND delivered_at IS NULL;

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

-- name: give_up_expired
-- Commands that nobody took in time.
WITH due AS MATERIALIZED (
    SELECT id FROM device_commands WHERE acked_at IS NULL AND expires_at <= now()
     ORDER BY device_id, created_at FOR NO KEY UPDATE
)
UPDATE device_commands c SET acked_at = now(), status = 'expired', detail = 'the device was away for too long'
  FROM due WHERE c.id = due.id;

-- name: order
-- The same command for every tablet of an ambulance that takes commands.
INSERT INTO device_commands (device_id, kind, body, assignment_id, expires_at)
SELECT d.id, :kind, :body, :assignment_id::uuid, :expires_at::timestamptz
  FROM devices d
 WHERE d.ambulance_id = :ambulance_id AND d.kind = 'tablet' AND d.protocol = 'hub' AND d.revoked_at IS NULL
 ORDER BY d.id
RETURNING device_id;

-- name: describe_call
-- What a crew is told of its call, without what is not known: who is ill, and who called, only once it has accepted.
SELECT a.ambulance_id, a.offer_expires_at,
       jsonb_strip_nulls(jsonb_build_object(
           'assignment', a.id, 'request', r.id, 'priority', r.priority,
           'complaint', r.complaint, 'location_note', r.location_note, 'notes', left(r.notes, 2000),
           'latitude', r.pickup_location[1], 'longitude', r.pickup_location[0],
           'destination', coalesce(f.name, r.destination),
           'destination_latitude', (coalesce(r.destination_location, f.location))[1],
           'destination_longitude', (coalesce(r.destination_location, f.location))[0])) AS outline,
       jsonb_strip_nulls(jsonb_build_object(
           'offered_at', (extract(epoch FROM a.offered_at) * 1000000)::bigint,
           'expires_at', (extract(epoch FROM a.offer_expires_at) * 1000000)::bigint,
           'eta_s', round(extract(epoch FROM a.eta_at - a.offered_at)))) AS timing,
       jsonb_strip_nulls(jsonb_build_object(
           'caller', r.caller, 'callback_number', r.callback_number, 'patient', split_part(u.name, ' ', 1),
           'patient_age', extract(year FROM age(p.date_of_birth))::int, 'blood_type', p.blood_type)) AS people
  FROM assignments a
  JOIN ambulance_requests r ON r.id = a.request_id
  LEFT JOIN facilities f ON f.id = r.destination_facility_id
  LEFT JOIN patients p ON p.id = r.patient_id
  LEFT JOIN users u ON u.id = p.id
 WHERE a.id = :assignment_id;
