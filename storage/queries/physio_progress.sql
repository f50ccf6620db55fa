-- name: count_session
-- Works out the day of a session again, in each plan for which it counts.
SELECT count_session(:session_id);

-- name: plans
-- Every plan, or one, in the order in which they are worked out.
SELECT id FROM workout_plans WHERE :plan_id::uuid IS NULL OR id = :plan_id ORDER BY id;

-- name: recount
-- Works out all days of a plan again, as of a moment.
SELECT count_progress(:plan_id, '-infinity', 'infinity', :now);

-- name: differences
-- What is stored of a plan's progress and would be worked out otherwise now; no row where both are the same to the bit.
WITH plan AS (
    SELECT p.id, r.counted_to, zone_of_plan(p.id) AS zone, r.time_zone
      FROM workout_plans p LEFT JOIN rehab_progress r ON r.plan_id = p.id
     WHERE p.id = :plan_id
), kept AS (
    SELECT d.day, to_jsonb(d) - 'id' || jsonb_build_object('peak_angle_sum', float8send(d.peak_angle_sum)) AS row
      FROM rehab_days d WHERE d.plan_id = :plan_id
), made AS (
    SELECT d.day, to_jsonb(d) || jsonb_build_object('peak_angle_sum', float8send(d.peak_angle_sum)) AS row
      FROM plan p, work_out_days(p.id, p.zone, '-infinity', 'infinity', p.counted_to) d
), total AS (
    SELECT jsonb_build_array(r.completed_reps, r.valid_reps, r.self_reported_reps, r.peak_angle_n,
                             float8send(r.peak_angle_sum), float8send(r.average_angle), float8send(r.compliance_rate))
           AS kept,
           jsonb_build_array(s.completed_reps, s.valid_reps, s.self_reported_reps, s.peak_angle_n,
                             float8send(s.peak_angle_sum), float8send(s.average_angle), float8send(s.compliance_rate))
           AS made
      FROM plan p JOIN rehab_progress r ON r.plan_id = p.id, sum_of_days(p.id, p.counted_to) s
)
SELECT 'never worked out' AS what FROM plan p WHERE p.counted_to IS NULL
UNION ALL
SELECT format('days in %s, not %s', p.time_zone, p.zone) FROM plan p WHERE p.time_zone <> p.zone
UNION ALL
SELECT 'the sum of its days' FROM total t WHERE t.kept <> t.made
UNION ALL
SELECT day::text FROM kept k FULL JOIN made m USING (day) WHERE k.row IS DISTINCT FROM m.row
 ORDER BY 1;

-- name: list_turned
-- Some plans for which a local day has begun since they were worked out, and that are not over.
SELECT r.plan_id
  FROM rehab_progress r JOIN workout_plans p ON p.id = r.plan_id
 WHERE r.counted_to IS NULL
    OR r.counted_to < (:now::timestamptz AT TIME ZONE r.time_zone)::date
       AND p.status <> 'draft' AND (p.end_date IS NULL OR p.end_date >= r.counted_to)
 ORDER BY r.plan_id
 LIMIT :plans_max;

-- name: turn
-- Lets the days of a plan that have begun count.
SELECT count_progress(plan_id, r.counted_to + 1, (:now::timestamptz AT TIME ZONE r.time_zone)::date, :now)
  FROM rehab_progress r
 WHERE plan_id = ANY (:plan_ids::uuid[])
 ORDER BY plan_id;

-- name: notify_due
-- Reminds patients of what is due today, between two hours of their day, once a plan and day; what is done is not due.
WITH plan AS (
    SELECT p.id, p.patient_id, r.time_zone AS zone, (:now::timestamptz AT TIME ZONE r.time_zone)::date AS today
      FROM workout_plans p JOIN rehab_progress r ON r.plan_id = p.id
     WHERE p.status = 'active' AND r.time_zone IS NOT NULL
       AND (:now AT TIME ZONE r.time_zone)::time >= :from_time::time
       AND (:now AT TIME ZONE r.time_zone)::time < :until_time::time
       AND (:now AT TIME ZONE r.time_zone)::date BETWEEN p.start_date AND coalesce(p.end_date, 'infinity')
       AND NOT EXISTS (
           SELECT FROM notifications n
            WHERE n.dedupe_key = 'exercise_due:' || p.id || ':' || (:now AT TIME ZONE r.time_zone)::date)
), due AS (
    SELECT p.*, (SELECT count(*) FROM plan_occurrences(p.id, p.zone, p.today, p.today) o
                  WHERE o.done_reps < o.target_reps) AS exercises
      FROM plan p
)
INSERT INTO notifications (user_id, type, message, dedupe_key, expires_at)
SELECT d.patient_id, 'exercise_due',
       CASE d.exercises WHEN 1 THEN 'An exercise is' ELSE d.exercises || ' exercises are' END || ' due today.',
       'exercise_due:' || d.id || ':' || d.today, ((d.today + 1)::timestamp AT TIME ZONE d.zone)
  FROM due d
 WHERE d.exercises > 0
    ON CONFLICT ON CONSTRAINT notifications_dedupe_key_key DO NOTHING;
