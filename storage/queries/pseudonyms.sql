-- name: rename_user
-- Whoever this was is nobody any more: no name, no address, no way to sign in.
UPDATE users
   SET name = 'Former ' || role || ' ' || left(id::text, 8), email = NULL, phone = NULL, phone_verified_at = NULL,
       password = NULL, time_zone = NULL, disabled_at = coalesce(disabled_at, :now), pseudonymised_at = :now
 WHERE id = :user_id;

-- name: blur_patient
-- Of the date of birth the year stays, which medicine needs; the address goes.
UPDATE patients SET address = NULL, date_of_birth = date_trunc('year', date_of_birth)::date WHERE id = :user_id;

-- name: blur_doctor
-- A licence is found in a public register.
UPDATE doctors SET license_number = NULL WHERE id = :user_id;

-- name: blur_requests
-- Who called, from which number and door; of the place, about a kilometre stays.
UPDATE ambulance_requests
   SET caller = NULL, callback_number = NULL, location_note = NULL,
       pickup_location = point(round(pickup_location[0]::numeric, 2)::float8, round(pickup_location[1]::numeric, 2)::float8)
 WHERE patient_id = :user_id;

-- name: empty_messages
-- People address each other by name, in both directions.
UPDATE messages SET content = :removed WHERE sender_id = :user_id OR receiver_id = :user_id;

-- name: empty_events
-- The same in what is kept for sockets that were away.
UPDATE channel_events SET body = jsonb_set(body, '{content}', to_jsonb(:removed::text))
 WHERE channel LIKE 'inbox:%' AND body ? 'content'
   AND (body ->> 'sender_id' = :user_id::uuid::text OR body ->> 'receiver_id' = :user_id::uuid::text);

-- name: remove_notifications
-- What the person was told.
DELETE FROM notifications WHERE user_id = :user_id;

-- name: empty_own_events
-- What the person was told, as sockets would still hear it.
UPDATE channel_events SET body = jsonb_set(body, '{message}', to_jsonb(:removed::text))
 WHERE channel = 'inbox:' || :user_id::uuid::text AND body ? 'message';

-- name: remove_answers
-- Answers that are kept for repeated requests.
DELETE FROM idempotency_keys WHERE principal = 'user:' || :user_id::uuid::text;

-- name: blur_sessions
-- From where, and with what, the person signed in.
UPDATE sessions SET user_agent = NULL, network = NULL WHERE user_id = :user_id;

-- name: blur_told
-- What patients were told of this person's looks at their records: the name goes, that somebody looked stays. The events
-- of it too, as sockets would still hear them; that it changed is another event, which the row's trigger writes.
WITH told AS (
    UPDATE notifications n SET message = replace(n.message, u.name, :removed)
      FROM users u JOIN break_glass b ON b.user_id = u.id
     WHERE u.id = :user_id AND n.dedupe_key = 'break_glass:' || b.id
    RETURNING n.id, n.user_id, n.message
)
UPDATE channel_events e SET body = jsonb_set(e.body, '{message}', to_jsonb(told.message))
  FROM told
 WHERE e.channel = 'inbox:' || told.user_id::text AND e.body ->> 'id' = told.id::text AND e.body ? 'message';

-- name: blur_calls_told
-- Of a patient's calls, what boards that were away would still hear: as the calls are now.
UPDATE channel_events e
   SET body = e.body || jsonb_build_object(
           'patient', jsonb_build_object('id', u.id, 'name', u.name), 'caller', NULL, 'callback_number', NULL,
           'location_note', NULL, 'pickup_location', place_body(r.pickup_location))
  FROM ambulance_requests r
  JOIN users u ON u.id = r.patient_id
 WHERE r.patient_id = :user_id AND e.channel = 'dispatch' AND e.kind = 'request' AND e.body ->> 'id' = r.id::text;

-- name: blur_orders
-- What the tablets of the units were told of those calls, beside which call it was.
UPDATE device_commands c
   SET body = c.body - ARRAY['caller', 'callback_number', 'location_note', 'latitude', 'longitude', 'patient',
                             'patient_age_band', 'patient_phone']
  FROM assignments a
  JOIN ambulance_requests r ON r.id = a.request_id
 WHERE r.patient_id = :user_id AND c.assignment_id = a.id;

-- name: empty_crew_messages
-- What crews and dispatchers wrote to each other about those calls.
UPDATE crew_messages m SET text = :removed
  FROM assignments a
  JOIN ambulance_requests r ON r.id = a.request_id
 WHERE r.patient_id = :user_id AND m.assignment_id = a.id;

-- name: empty_crew_reports
-- The same as the tablets sent it.
UPDATE crew_reports c SET body = jsonb_set(c.body, '{text}', to_jsonb(:removed::text))
  FROM assignments a
  JOIN ambulance_requests r ON r.id = a.request_id
 WHERE r.patient_id = :user_id AND c.body ->> 'assignment' = a.id::text AND c.body ? 'text';

-- name: empty_crew_events
-- The same as boards that were away would still hear it.
UPDATE channel_events e SET body = jsonb_set(e.body, '{text}', to_jsonb(:removed::text))
  FROM assignments a
  JOIN ambulance_requests r ON r.id = a.request_id
 WHERE r.patient_id = :user_id AND e.channel = 'dispatch' AND e.kind = 'message'
   AND e.body ->> 'assignment_id' = a.id::text;
