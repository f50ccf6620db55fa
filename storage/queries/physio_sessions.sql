-- name: lock
-- A session as a change of it looks at it, held until the transaction ends. A sensor that has gone to another patient is
-- not its sensor any more.
SELECT s.id, s.patient_id, s.status, s.joint, s.scheduled_at, s.duration_min, s.started_at, s.ended_at, s.ended_by,
       CASE WHEN sensor.patient_id IS NULL OR sensor.patient_id = s.patient_id THEN s.device_id END AS device_id
  FROM physio_sessions s
  LEFT JOIN physio_devices sensor ON sensor.id = s.device_id
 WHERE s.id = :id
   FOR UPDATE OF s;

-- name: start
-- A session begins; it may have been given up for missed.
UPDATE physio_sessions SET status = 'in_progress', started_at = :at WHERE id = :id;

-- name: list_others
-- When the sessions began that the patient or the sensor of this one is in at present.
SELECT coalesce(other.started_at, other.created_at) AS began
  FROM physio_sessions s
  JOIN physio_sessions other
    ON other.status = 'in_progress' AND other.id <> s.id
   AND (other.patient_id = s.patient_id OR other.device_id = s.device_id)
 WHERE s.id = :id;

-- name: start_past
-- A session that began some time ago is over, by another one at the latest; when it really ended its sensor says later.
-- Should it measure still, it is told to stop.
WITH past AS (
    UPDATE physio_sessions SET status = 'completed', started_at = :at, ended_at = :until, ended_by = 'idle' WHERE id = :id
    RETURNING id, device_id
)
INSERT INTO device_commands (device_id, kind, body, expires_at)
SELECT device_id, 'session_stop', jsonb_build_object('session', id), now() + interval '12 hours' FROM past;

-- name: close
-- A session in progress of which nothing is heard any more is closed, not before it began.
UPDATE physio_sessions
   SET status = 'completed', ended_at = greatest(:at, started_at), ended_by = 'idle'
 WHERE id = :id AND status = 'in_progress';

-- name: stop
-- A session ends, says its sensor: one in progress, or one that was closed for idle, earlier or later than that.
UPDATE physio_sessions
   SET status = 'completed', ended_at = greatest(:at, started_at), ended_by = 'device', counted_at = NULL
 WHERE id = :id AND (status = 'in_progress' OR ended_by = 'idle');

-- name: last_samples
-- The last sample of each log of a session's sensors: when it came, and when it was taken by the clock of the sensor,
-- both in µs since 1970.
SELECT to_us(last.received_at) AS received_at,
       to_us(last.started_at) + greatest(last.interval_us * (last.samples - 1), last.offset_us, 0) AS taken_at
  FROM physio_sessions s
  JOIN streams o ON o.physio_session_id = s.id AND o.kind = 'motion'
 CROSS JOIN LATERAL (
       SELECT f.received_at, f.started_at, f.interval_us::bigint, f.offsets_us[cardinality(f.offsets_us)] AS offset_us,
              cardinality(f.angles) / cardinality(o.joints) AS samples
         FROM motion_frames f
        WHERE f.stream_id = o.id AND f.received_at >= s.started_at
        ORDER BY f.seq DESC
        LIMIT 1) AS last
 WHERE s.id = :id;

-- name: miss
-- A session that nobody began in its time is missed.
UPDATE physio_sessions SET status = 'missed' WHERE id = :id AND status = 'scheduled';

-- name: ended_by_device
-- Who ended a session was its sensor, over HTTP.
UPDATE physio_sessions SET ended_by = 'device' WHERE id = :id;

-- name: rest_pose
-- Where the joints of a session rest: the middle of what was measured in the last two seconds, and between which angles
-- nine tenths of it lie. Only of sensors that send just now.
SELECT DISTINCT ON (pose.joint) pose.joint, pose.spread
  FROM (
       SELECT s.id, s.joints[1 + (reading.n - 1) / (cardinality(f.angles) / cardinality(s.joints))] AS joint,
              percentile_cont(ARRAY[0.05, 0.5, 0.95]) WITHIN GROUP (ORDER BY reading.angle) AS spread
         FROM streams s
         CROSS JOIN LATERAL (
              SELECT f.seq, f.started_at
                FROM motion_frames f
               WHERE f.stream_id = s.id AND f.received_at >= :since
               ORDER BY f.seq DESC
               LIMIT 1) last
         JOIN motion_frames f
           ON f.stream_id = s.id AND f.received_at >= :since AND f.seq > last.seq - 2000
          AND f.started_at >= last.started_at - interval '2 seconds'
         CROSS JOIN LATERAL unnest(f.angles) WITH ORDINALITY AS reading(angle, n)
        WHERE s.physio_session_id = :id AND s.kind = 'motion'
        GROUP BY s.id, 2) pose
 ORDER BY pose.joint, pose.id DESC;

-- name: set_rest
-- The rest pose of the joint that a session is about; its sensor and the hubs are told.
UPDATE physio_sessions SET rest_angle = :angle WHERE id = :id;

-- name: set_other_rests
-- The rest poses of other joints, from in a second on: by then every hub has heard of it.
INSERT INTO motion_targets (session_id, joint, set_at, rest_angle, target_angle, target_reps)
SELECT :id::uuid, pose.joint, clock_timestamp() + interval '1 second', pose.angle, before.target_angle,
       before.target_reps
  FROM unnest(:joints::text[], :angles::real[]) AS pose(joint, angle)
  LEFT JOIN LATERAL (
       SELECT t.target_angle, t.target_reps
         FROM motion_targets t
        WHERE t.session_id = :id::uuid AND t.joint = pose.joint
        ORDER BY t.set_at DESC
        LIMIT 1) before ON true;

-- name: list_repetitions
-- The repetitions of a session in the order in which they began.
SELECT r.joint, r.number, r.source, r.started_at, r.peak_at, r.ended_at, r.peak_angle, r.range_deg, r.hold_s, r.out_s,
       r.back_s, r.smoothness, r.valid
  FROM streams s
  JOIN motion_repetitions r ON r.stream_id = s.id
 WHERE s.physio_session_id = :id
 ORDER BY r.started_at NULLS LAST, r.joint, r.number;

-- name: list_targets
-- What the joints of a session were to reach since when; null = from its beginning.
SELECT joint, CASE WHEN isfinite(set_at) THEN set_at END AS since, rest_angle, target_angle, target_reps
  FROM motion_targets
 WHERE session_id = :id
 ORDER BY joint, set_at;

-- name: list_overdue
-- The sessions that nobody began in their time, the oldest first.
SELECT id
  FROM physio_sessions
 WHERE status = 'scheduled' AND scheduled_at <= :now::timestamptz - interval '30 min' - interval '5 min'
   AND scheduled_at + make_interval(mins => duration_min) + interval '30 min' <= :now::timestamptz
 ORDER BY scheduled_at
 LIMIT :rows_max;

-- name: list_idle
-- The sessions in progress of which nothing is heard any more: neither of the streams of their sensors nor by a change
-- that anybody asked for, or, without a sensor, after the time that they were to take. When a hub heard of the
-- beginning counts, which the log of changes knows: a sensor that was offline tells of it hours later.
SELECT s.id
  FROM physio_sessions s
  CROSS JOIN LATERAL (
       SELECT max(heard.received_at) AS heard_at
         FROM streams o
         CROSS JOIN LATERAL (
              SELECT f.received_at
                FROM motion_frames f
               WHERE f.stream_id = o.id AND f.received_at >= s.started_at
               ORDER BY f.seq DESC
               LIMIT 1) heard
        WHERE o.physio_session_id = s.id) newest
 WHERE s.status = 'in_progress' AND s.started_at <= :now::timestamptz - make_interval(secs => :idle_s)
   AND greatest(
           newest.heard_at, s.started_at,
           CASE WHEN s.device_id IS NULL AND newest.heard_at IS NULL
                THEN s.started_at + make_interval(mins => s.duration_min) END)
       <= :now::timestamptz - make_interval(secs => :idle_s)
   AND NOT EXISTS (
       SELECT FROM audit_log l
        WHERE l.entity = 'physio_sessions' AND l.entity_id = s.id::text AND l.outcome = 'allowed'
          AND l.at > :now::timestamptz - make_interval(secs => :idle_s) AND starts_with(l.action, 'physio_sessions.U'))
 ORDER BY s.started_at
 LIMIT :rows_max;
