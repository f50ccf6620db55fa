-- name: ensure_patient
-- The patient whom a recording is replayed for, by an address that nobody signs in with; made where it is missing.
WITH made AS (
    INSERT INTO users (name, email, role) VALUES (:name::text, :email::text, 'patient')
    ON CONFLICT ON CONSTRAINT users_email_key DO NOTHING
    RETURNING id
), patient AS (
    INSERT INTO patients (id) SELECT id FROM made
)
SELECT id FROM made UNION ALL SELECT id FROM users WHERE email = :email::text LIMIT 1;

-- name: find_therapist
-- Who treats them: the doctor who was there first.
SELECT d.id FROM doctors d JOIN users u ON u.id = d.id WHERE u.disabled_at IS NULL ORDER BY u.created_at, d.id LIMIT 1;

-- name: make_therapist
-- A doctor for a database that has none.
WITH made AS (
    INSERT INTO users (name, email, role) VALUES (:name::text, :email::text, 'doctor') RETURNING id
)
INSERT INTO doctors (id, specialization, license_number) SELECT id, 'physiotherapy', :email::text FROM made RETURNING id;

-- name: find_sensor
-- The oldest sensor of a patient with this name that still counts.
SELECT d.id FROM devices d JOIN physio_devices p ON p.id = d.id
 WHERE p.patient_id = :patient_id::uuid AND d.name = :name::text AND d.revoked_at IS NULL
 ORDER BY d.id
 LIMIT 1;

-- name: end_sessions
-- A replay that was broken off left its session open: the patient is in one session at a time.
UPDATE physio_sessions
   SET status = CASE status WHEN 'in_progress' THEN 'completed' ELSE 'cancelled' END,
       ended_at = CASE status WHEN 'in_progress' THEN greatest(:now::timestamptz, started_at) END
 WHERE patient_id = :patient_id::uuid AND status IN ('scheduled', 'in_progress');

-- name: insert_session
-- A session for now; the sensor begins it.
INSERT INTO physio_sessions (patient_id, therapist_id, device_id, scheduled_at, duration_min, joint, supervised, notes,
                             rest_angle, target_angle)
VALUES (:patient_id::uuid, :therapist_id::uuid, :device_id::bigint, :now::timestamptz, :minutes::int, :joint::text,
        false, :notes::text, :rest_angle::real, :target_angle::real)
RETURNING id;

-- name: set_target
-- What another joint of a session is to reach, from its beginning on.
INSERT INTO motion_targets (session_id, joint, set_at, rest_angle, target_angle)
VALUES (:session_id::uuid, :joint::text, '-infinity', :rest_angle::real, :target_angle::real);

-- name: outcome
-- Whether a session is counted to its end, and how many samples of it are stored.
SELECT s.counted_at IS NOT NULL AS counted,
       coalesce((SELECT sum(cardinality(f.angles) / cardinality(l.joints))
                   FROM streams l JOIN motion_frames f ON f.stream_id = l.id
                  WHERE l.physio_session_id = s.id AND l.kind = 'motion'), 0)::bigint AS samples
  FROM physio_sessions s
 WHERE s.id = :session_id::uuid;

-- name: counts
-- The repetitions of a session by joint.
SELECT r.joint, count(*)::int AS repetitions, (count(*) FILTER (WHERE r.valid))::int AS valid
  FROM streams l JOIN motion_repetitions r ON r.stream_id = l.id
 WHERE l.physio_session_id = :session_id::uuid
 GROUP BY r.joint;
