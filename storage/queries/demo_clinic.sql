-- name: has_appointments
-- Whether anything was ever booked: then the demonstration's clinic is there, or somebody works with the database.
SELECT EXISTS (SELECT FROM appointments) AS booked;

-- name: insert_patient
-- What is medical about a login.
INSERT INTO patients (id, date_of_birth, gender, blood_type, address)
SELECT id, :date_of_birth::date, :gender::text, :blood_type::text, :address::text FROM users WHERE email = :email::text
ON CONFLICT ON CONSTRAINT patients_pkey DO UPDATE
   SET date_of_birth = excluded.date_of_birth, gender = excluded.gender, blood_type = excluded.blood_type,
       address = excluded.address;

-- name: set_phone
-- The number of a login.
UPDATE users SET phone = :phone::text WHERE email = :email::text;

-- name: insert_doctor
-- The doctor's own row of a login.
INSERT INTO doctors (id, specialization, license_number, years_experience)
SELECT id, :specialization::text, :license_number::text, :years_experience::int FROM users WHERE email = :email::text
ON CONFLICT ON CONSTRAINT doctors_pkey DO UPDATE
   SET specialization = excluded.specialization, license_number = excluded.license_number,
       years_experience = excluded.years_experience;

-- name: insert_staff
-- The staff row of a login.
INSERT INTO staff (id, facility_id, role)
SELECT u.id, f.id, :role::text FROM users u, facilities f WHERE u.email = :email::text AND f.name = :facility::text
ON CONFLICT ON CONSTRAINT staff_pkey DO NOTHING;

-- name: insert_window
-- Where a doctor works, and when in the week.
WITH place AS (
    INSERT INTO doctor_facilities (doctor_id, facility_id)
    SELECT u.id, f.id FROM users u, facilities f WHERE u.email = :doctor::text AND f.name = :facility::text
    ON CONFLICT ON CONSTRAINT doctor_facilities_pair_key DO UPDATE SET facility_id = excluded.facility_id
    RETURNING doctor_id, facility_id
)
INSERT INTO doctor_schedules (doctor_id, facility_id, day_of_week, start_time, end_time)
SELECT doctor_id, facility_id, day, :start_time::time, :end_time::time FROM place, unnest(:days::int[]) AS day
ON CONFLICT ON CONSTRAINT doctor_schedules_once DO NOTHING;

-- name: insert_appointment
-- An appointment so many days from today, at a time of the facility's day.
INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at, duration_min, status, notes, created_at)
SELECT patient.id, doctor.id, f.id,
       ((now() AT TIME ZONE f.time_zone)::date + :days::int + :at::time) AT TIME ZONE f.time_zone,
       :minutes::int, :status::text, :notes::text, now() - interval '20 days'
  FROM users patient, users doctor, facilities f
 WHERE patient.email = :patient::text AND doctor.email = :doctor::text AND f.name = :facility::text;

-- name: insert_plan
-- An exercise plan with its exercises.
WITH plan AS (
    INSERT INTO workout_plans (patient_id, created_by, joint, start_date, end_date, notes)
    SELECT patient.id, doctor.id, :joint::text, current_date - 14, current_date + 28, :notes::text
      FROM users patient, users doctor
     WHERE patient.email = :patient::text AND doctor.email = :doctor::text
    RETURNING id
)
INSERT INTO plan_exercises (plan_id, name, target_reps, target_angle, day_of_week)
SELECT plan.id, :exercise::text, :reps::int, :angle::real, day FROM plan, unnest(:days::int[]) AS day;

-- name: insert_sensor
-- A physiotherapy sensor of a facility, in the hands of a patient.
WITH device AS (
    INSERT INTO devices (kind, name, facility_id)
    SELECT 'physio', :name::text, f.id FROM facilities f WHERE f.name = :facility::text
    RETURNING id
)
INSERT INTO physio_devices (id, patient_id, model, joints)
SELECT device.id, u.id, :model::text, ARRAY[:joint::text] FROM device, users u WHERE u.email = :patient::text;

-- name: insert_physio_session
-- A physiotherapy session so many days from today; one that is over has its start and end.
INSERT INTO physio_sessions (patient_id, therapist_id, facility_id, scheduled_at, duration_min, status, joint, plan_id,
                             target_angle, started_at, ended_at, notes)
SELECT patient.id, doctor.id, f.id, t.at, 30, :status::text, :joint::text,
       (SELECT p.id FROM workout_plans p WHERE p.patient_id = patient.id AND p.joint = :joint::text LIMIT 1),
       :angle::real,
       CASE WHEN :status::text = 'completed' THEN t.at END,
       CASE WHEN :status::text = 'completed' THEN t.at + interval '25 minutes' END, :notes::text
  FROM users patient, users doctor, facilities f,
       LATERAL (SELECT ((now() AT TIME ZONE f.time_zone)::date + :days::int + :at::time) AT TIME ZONE f.time_zone) AS t (at)
 WHERE patient.email = :patient::text AND doctor.email = :doctor::text AND f.name = :facility::text
RETURNING id;

-- name: insert_motion
-- Twenty seconds of a knee that bends ten times, fifty readings a second.
INSERT INTO joint_motion_logs (session_id, "timestamp", joint, angle, repetition)
SELECT s.id, s.started_at + make_interval(secs => n / 50.0), s.joint,
       (45 - 45 * cos(pi() * n / 50.0))::real, NULL::int
  FROM physio_sessions s, generate_series(0, 999) AS n
 WHERE s.id = :session_id::uuid;

-- name: insert_transaction
-- A payment for the newest appointment of a patient.
INSERT INTO transactions (user_id, service_type, service_id, amount, status, facility_id, created_at)
SELECT a.patient_id, 'appointment', a.id, :amount::numeric, :status::text, a.facility_id, a.scheduled_at
  FROM appointments a
  JOIN users u ON u.id = a.patient_id
 WHERE u.email = :patient::text AND a.status = 'completed'
 ORDER BY a.scheduled_at DESC
 LIMIT 1;

-- name: insert_message
-- A message of some hours ago.
INSERT INTO messages (sender_id, receiver_id, content, sent_at, delivered_at, read_at)
SELECT s.id, r.id, :content::text, now() - make_interval(hours => :hours::int),
       CASE WHEN :seen::boolean THEN now() - make_interval(hours => :hours::int) + interval '1 minute' END,
       CASE WHEN :seen::boolean THEN now() - make_interval(hours => :hours::int) + interval '2 minutes' END
  FROM users s, users r
 WHERE s.email = :sender::text AND r.email = :receiver::text;

-- name: insert_notification
-- Something the system tells a person, of some hours ago.
INSERT INTO notifications (user_id, message, type, created_at)
SELECT id, :message::text, :type::text, now() - make_interval(hours => :hours::int) FROM users WHERE email = :email::text;
