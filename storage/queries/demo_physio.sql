-- name: is_seeded
-- Whether somebody exercises at home: then the demonstration's sensors are there.
SELECT EXISTS (SELECT FROM users WHERE email = :email::text) AS seeded;

-- name: set_password
-- A password for somebody whom the simulation signs in as.
UPDATE users SET password = :password::text WHERE email = :email::text;

-- name: ensure_plan
-- The exercises of the patient's plan for this joint, which is made where there is none, since some days.
WITH found AS (
    SELECT p.id FROM workout_plans p JOIN users u ON u.id = p.patient_id
     WHERE u.email = :patient::text AND p.joint = :joint::text
), plan AS (
    INSERT INTO workout_plans (patient_id, created_by, joint, start_date, end_date, notes)
    SELECT patient.id, doctor.id, :joint::text, current_date - :days_ago::int, current_date + 28, :notes::text
      FROM users patient, users doctor
     WHERE patient.email = :patient::text AND doctor.email = :doctor::text
       AND NOT EXISTS (SELECT FROM found)
    RETURNING id
), exercise AS (
    INSERT INTO plan_exercises (plan_id, name, target_reps, target_angle, day_of_week, sets, hold_s, instructions)
    SELECT plan.id, :exercise::text, :reps::int, :target_angle::real, day, :sets::int, :hold_s::real, :instructions::text
      FROM plan, unnest(:days::int[]) AS day
    RETURNING id, plan_id, day_of_week
)
SELECT plan_id, day_of_week, id FROM exercise
UNION ALL
SELECT plan_id, day_of_week, id FROM plan_exercises WHERE plan_id IN (SELECT id FROM found);

-- name: has_sent
-- Whether a sensor has sent anything yet.
SELECT EXISTS (SELECT FROM streams WHERE device_id = :device_id::bigint) AS sent;

-- name: ensure_sensor
-- A patient's sensor, made where there is none of this name.
WITH found AS (
    SELECT d.id FROM devices d JOIN physio_devices p ON p.id = d.id JOIN users u ON u.id = p.patient_id
     WHERE u.email = :patient::text AND d.name = :name::text AND d.revoked_at IS NULL
), device AS (
    INSERT INTO devices (kind, name, facility_id)
    SELECT 'physio', :name::text, f.id FROM facilities f
     WHERE f.name = :facility::text AND NOT EXISTS (SELECT FROM found)
    RETURNING id
), sensor AS (
    INSERT INTO physio_devices (id, patient_id, model, joints)
    SELECT device.id, u.id, :model::text, :joints::text[] FROM device, users u WHERE u.email = :patient::text
)
SELECT id FROM found UNION ALL SELECT id FROM device LIMIT 1;

-- name: insert_sessions
-- Sessions at home that are over, each with the log that its sensor sent; one array element a session.
WITH given AS (
    SELECT * FROM unnest(:started_ats::timestamptz[], :ended_ats::timestamptz[], :exercise_ids::uuid[],
                         :pains_before::smallint[], :pains_after::smallint[], :log_ids::text[], :last_seqs::bigint[])
        AS g (started_at, ended_at, exercise_id, pain_before, pain_after, log_id, last_seq)
), session AS (
    INSERT INTO physio_sessions (patient_id, therapist_id, facility_id, scheduled_at, duration_min, status, joint,
                                 plan_id, exercise_id, device_id, supervised, rest_angle, target_angle, started_at,
                                 ended_at, ended_by, pain_before, pain_after, created_at)
    SELECT patient.id, doctor.id, f.id, g.started_at, 10, 'completed', :joint::text, :plan_id::uuid, g.exercise_id,
           :device_id::bigint, false, :rest_angle::real, :target_angle::real, g.started_at, g.ended_at, 'device',
           g.pain_before, g.pain_after, g.started_at
      FROM given g, users patient, users doctor, facilities f
     WHERE patient.email = :patient::text AND doctor.email = :doctor::text AND f.name = :facility::text
    RETURNING id, started_at
)
INSERT INTO streams (device_id, log_id, kind, physio_session_id, joints, last_seq, opened_at)
SELECT :device_id::bigint, g.log_id, 'motion', session.id, :joints::text[], g.last_seq, g.started_at
  FROM session JOIN given g USING (started_at)
RETURNING id, log_id;
