-- name: find_session
-- Of devices, each with a session: the sessions that they measure. Such a one is bound to the device, and the device to
-- nobody else than its patient.
SELECT asked.n, p.id, p.status, p.started_at, p.ended_at, sensor.included_angle
  FROM unnest(:session_id::uuid[], :device_id::bigint[]) WITH ORDINALITY AS asked (session_id, device_id, n)
  JOIN physio_sessions AS p ON p.id = asked.session_id AND p.device_id = asked.device_id
  JOIN physio_devices AS sensor ON sensor.id = p.device_id
  JOIN devices AS d ON d.id = sensor.id
 WHERE d.revoked_at IS NULL AND (sensor.patient_id IS NULL OR sensor.patient_id = p.patient_id);

-- name: read_session
-- The same, of whichever device has it.
SELECT p.id, p.status, p.started_at, p.ended_at, sensor.included_angle
  FROM physio_sessions AS p
  JOIN physio_devices AS sensor ON sensor.id = p.device_id
 WHERE p.id = :session_id;

-- name: read_opened
-- For streams that are opened: how their session stands, whichever device has it; what each joint is to reach since when
-- (null: from the beginning), the oldest first; the repetitions of the session that were counted so far (the highest
-- number of each joint, and how many were valid); and how the counters of the stream stood when they were kept last.
SELECT asked.n, p.id, p.status, p.started_at, p.ended_at, sensor.included_angle,
       ARRAY(SELECT (t.joint, CASE WHEN isfinite(t.set_at) THEN to_us(t.set_at) END, t.rest_angle, t.target_angle,
                     t.target_reps)
               FROM motion_targets AS t
              WHERE t.session_id = p.id
              ORDER BY t.set_at, t.joint) AS targets,
       ARRAY(SELECT (r.joint, max(r.number), count(*) FILTER (WHERE r.valid))
               FROM streams AS s
               JOIN motion_repetitions AS r ON r.stream_id = s.id
              WHERE s.physio_session_id = p.id AND r.source = 'counted'
              GROUP BY r.joint) AS tallies,
       coalesce(c.live_seq, 0) AS live_seq, c.live_state
  FROM unnest(:session_id::uuid[], :stream_id::bigint[]) WITH ORDINALITY AS asked (session_id, stream_id, n)
  JOIN physio_sessions AS p ON p.id = asked.session_id
  JOIN physio_devices AS sensor ON sensor.id = p.device_id
  LEFT JOIN motion_counters AS c ON c.stream_id = asked.stream_id;

-- name: list_targets
-- What each joint of a session is to reach since when; null: from the beginning.
SELECT joint, CASE WHEN isfinite(set_at) THEN to_us(set_at) END AS set_at, rest_angle, target_angle, target_reps
  FROM motion_targets
 WHERE session_id = :session_id
 ORDER BY motion_targets.set_at, joint;
