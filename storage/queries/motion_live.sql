-- name: watch
-- Of those who watch physio sessions, the places (from 1) of those who may at this moment, and whose sessions they are:
-- the patient, a doctor who has them in care, and whoever gave a reason to see them within the hour.
SELECT asked.place, s.patient_id
  FROM unnest(:session_ids::uuid[], :patient_ids::uuid[], :doctor_ids::uuid[], :glass_ids::uuid[])
       WITH ORDINALITY AS asked (session_id, patient_id, doctor_id, glass_id, place)
  JOIN physio_sessions s ON s.id = asked.session_id
 WHERE s.patient_id = asked.patient_id
    OR (asked.doctor_id IS NOT NULL AND asked.doctor_id IN (SELECT doctors_caring(s.patient_id, :now, :care_days::int)))
    OR EXISTS (SELECT FROM break_glass b
                WHERE b.user_id = asked.glass_id AND b.patient_id = s.patient_id
                  AND b.granted_at <= :now AND b.expires_at > :now);

-- name: read_sessions
-- How some sessions stand; times in µs since 1970.
SELECT id, status, joint, to_us(started_at) AS started_at, to_us(ended_at) AS ended_at, to_us(counted_at) AS counted_at
  FROM physio_sessions
 WHERE id = ANY (:session_ids::uuid[]);

-- name: read_targets
-- What each joint of some sessions is to reach now, also where that counts from a moment later on.
SELECT DISTINCT ON (session_id, joint) session_id, joint, rest_angle, target_angle, target_reps
  FROM motion_targets
 WHERE session_id = ANY (:session_ids::uuid[])
 ORDER BY session_id, joint, set_at DESC;

-- name: read_repetitions
-- The repetitions of some sessions that were counted; times in µs since 1970.
SELECT s.physio_session_id AS session_id, r.joint, r.number, to_us(r.started_at) AS started_at,
       to_us(r.peak_at) AS peak_at, to_us(r.ended_at) AS ended_at, r.peak_angle, r.range_deg, r.hold_s, r.out_s, r.back_s,
       r.smoothness, r.valid
  FROM streams AS s
  JOIN motion_repetitions AS r ON r.stream_id = s.id
 WHERE s.physio_session_id = ANY (:session_ids::uuid[]) AND r.source = 'counted' AND r.peak_angle IS NOT NULL
 ORDER BY s.physio_session_id, r.joint, r.number;

-- name: read_recent
-- The frames of a session that came since a moment, log by log; times in µs since 1970.
SELECT s.id AS stream_id, s.joints, to_us(f.received_at) AS received_at, to_us(f.started_at) AS started_at,
       f.interval_us, f.offsets_us, f.angles
  FROM streams AS s
  JOIN motion_frames AS f ON f.stream_id = s.id
 WHERE s.physio_session_id = :session_id AND s.kind = 'motion' AND f.received_at > :since
 ORDER BY s.id, f.seq
 LIMIT :frames_max;
