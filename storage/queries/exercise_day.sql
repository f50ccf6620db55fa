-- name: find_day
-- The zone of a patient, else of their newest plan, and the day that it is there.
SELECT zone.name AS time_zone, (:now::timestamptz AT TIME ZONE zone.name)::date AS day
  FROM users u,
       LATERAL (SELECT coalesce(
           (SELECT zone_of_plan(p.id)
              FROM workout_plans p
             WHERE p.patient_id = u.id AND p.status = 'active'
             ORDER BY p.start_date DESC, p.id
             LIMIT 1),
           CASE WHEN is_zone(u.time_zone) THEN u.time_zone END,
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
-- The exercises of the plans that a patient follows now, with what sensors counted and what was ticked off on the local
-- day. What counts for the plan is known once a session has been counted to its end; until then it is what was seen live.
SELECT e.id, e.plan_id, plan.day, e.name, plan.joint, e.day_of_week, occurrence.exercise_id IS NOT NULL AS due,
       e.target_reps, e.target_angle, e.sets, e.hold_s, e.instructions, e.media_url,
       greatest(coalesce(occurrence.done_reps, 0),
                least(e.target_reps, counted.valid + coalesce(tick.reps, 0)))::int AS done_reps,
       counted.valid AS valid_reps, counted.partial AS partial_reps, tick.id AS tick_id, tick.reps AS ticked_reps
  FROM (SELECT p.id, p.joint, p.start_date, p.end_date, z.zone, (:now::timestamptz AT TIME ZONE z.zone)::date AS day
          FROM workout_plans p
         CROSS JOIN LATERAL (SELECT zone_of_plan(p.id) AS zone) AS z
         WHERE p.patient_id = :patient_id AND p.status = 'active') AS plan
  JOIN plan_exercises e ON e.plan_id = plan.id
  LEFT JOIN plan_occurrences(plan.id, plan.zone, plan.day, plan.day) occurrence ON occurrence.exercise_id = e.id
  LEFT JOIN exercise_ticks tick ON tick.exercise_id = e.id AND tick.day = plan.day
 CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE rep.valid) AS valid, count(*) FILTER (WHERE NOT rep.valid) AS partial
          FROM physio_sessions s
          JOIN streams stream ON stream.physio_session_id = s.id
          JOIN motion_repetitions rep ON rep.stream_id = stream.id AND rep.joint = plan.joint
         WHERE s.exercise_id = e.id AND rep.source = 'counted'
           AND (s.started_at AT TIME ZONE plan.zone)::date = plan.day) AS counted
 WHERE plan.start_date <= plan.day AND (plan.end_date IS NULL OR plan.end_date >= plan.day)
   AND (e.last_day IS NULL OR e.last_day >= plan.day)
 ORDER BY e.day_of_week, e.created_at, e.id;
