-- name: find_session
-- The session that a device measures: it is bound to it, and the device to nobody else than its patient.
SELECT p.id, p.status, p.started_at, p.ended_at, sensor.included_angle
  FROM physio_sessions AS p
  JOIN physio_devices AS sensor ON sensor.id = p.device_id
  JOIN devices AS d ON d.id = sensor.id
 WHERE p.id = :session_id AND p.device_id = :device_id AND d.revoked_at IS NULL
   AND (sensor.patient_id IS NULL OR sensor.patient_id = p.patient_id);

-- name: read_session
-- The same, of whichever device has it.
SELECT p.id, p.status, p.started_at, p.ended_at, sensor.included_angle
  FROM physio_sessions AS p
  JOIN physio_devices AS sensor ON sensor.id = p.device_id
 WHERE p.id = :session_id;

-- name: list_targets
-- What each joint of a session is to reach since when; null: from the beginning.
SELECT joint, CASE WHEN isfinite(set_at) THEN to_us(set_at) END AS set_at, rest_angle, target_angle, target_reps
  FROM motion_targets
 WHERE session_id = :session_id
 ORDER BY motion_targets.set_at, joint;

-- name: tallies
-- The repetitions of a session that were counted so far: the highest number of each joint, and how many were valid.
SELECT r.joint, max(r.number) AS number, count(*) FILTER (WHERE r.valid) AS valid
  FROM streams AS s
  JOIN motion_repetitions AS r ON r.stream_id = s.id
 WHERE s.physio_session_id = :session_id AND r.source = 'counted'
 GROUP BY r.joint;

-- name: find_counters
-- How the counters of a stream stood when they were kept last.
SELECT live_seq, live_state FROM motion_counters WHERE stream_id = :stream_id;
