-- name: find_day
-- The zone of a patient, else of the facility of the plan's doctor, and the day that it is there.
SELECT zone.name AS time_zone, (:now::timestamptz AT TIME ZONE zone.name)::date AS day
  FROM users u,
       LATERAL (SELECT coalesce(
           u.time_zone,
           (SELECT f.time_zone
              FROM workout_plans p
              JOIN doctor_facilities d ON d.doctor_id = p.created_by
              JOIN facilities f ON f.id = d.facility_id
             WHERE p.patient_id = u.id AND p.status = 'active'
             ORDER BY p.start_date DESC, f.id
             LIMIT 1),
           'Asia/Kolkata')) AS zone (name)
 WHERE u.id = :patient_id;

-- name: list_sensors
-- The sensors of a patient that may connect, the one that was used last first.
SELECT d.id, d.name, sensor.joints, coalesce(d.last_seen_at > :now::timestamptz - interval '90 s', false) AS connected
  FROM devices d
  JOIN physio_devices sensor ON sensor.id = d.id
 WHERE sensor.patient_id = :patient_id AND d.revoked_at IS NULL
 ORDER BY d.last_seen_at DESC NULLS LAST, d.id DESC;

-- name: list_exercises
-- The exercises of the plans that a patient follows on a day, with what sensors counted and what was ticked off on it.
SELECT e.id, e.plan_id, e.name, p.joint, e.day_of_week, e.day_of_week = extract(isodow FROM :day::date) AS due,
       e.target_reps, e.target_angle, e.sets, e.hold_s, e.instructions, e.media_url,
       counted.valid AS valid_reps, counted.partial AS partial_reps, tick.id AS tick_id, tick.reps AS ticked_reps
  FROM workout_plans p
  JOIN plan_exercises e ON e.plan_id = p.id
  LEFT JOIN exercise_ticks tick ON tick.exercise_id = e.id AND tick.day = :day::date
 CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE rep.valid) AS valid, count(*) FILTER (WHERE NOT rep.valid) AS partial
          FROM physio_sessions s
          JOIN streams stream ON stream.physio_session_id = s.id
          JOIN motion_repetitions rep ON rep.stream_id = stream.id AND rep.joint = s.joint
         WHERE s.exercise_id = e.id AND rep.source = 'counted'
           AND (s.started_at AT TIME ZONE :time_zone::text)::date = :day::date) AS counted
 WHERE p.patient_id = :patient_id AND p.status = 'active'
   AND p.start_date <= :day::date AND (p.end_date IS NULL OR p.end_date >= :day::date)
   AND (e.last_day IS NULL OR e.last_day >= :day::date)
 ORDER BY e.day_of_week, e.created_at, e.id;
