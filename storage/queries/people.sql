-- name: find
-- A person as an administrator sees one, and whether a doctor works at the facility of who asks.
SELECT u.id, u.name, u.email, u.phone, u.role, u.time_zone, u.created_at, u.disabled_at, u.pseudonymised_at,
       u.password IS NOT NULL AS activated, st.role AS staff_role, st.duty, st.facility_id,
       EXISTS (SELECT FROM doctor_facilities d WHERE d.doctor_id = u.id AND d.facility_id = :facility_id::uuid) AS works_here
  FROM users u
  LEFT JOIN staff st ON st.id = u.id
 WHERE u.id = :user_id;

-- name: insert_user
-- A new account; without a password nobody can sign in to it before an activation.
INSERT INTO users (name, email, password, phone, role, time_zone)
VALUES (:name, :email, :password, :phone, :role, :time_zone)
RETURNING id;

-- name: put_patient
-- What is medical about a patient; what is there already stays.
INSERT INTO patients (id, date_of_birth, gender, blood_type, address)
VALUES (:id, :date_of_birth, :gender, :blood_type, :address)
ON CONFLICT ON CONSTRAINT patients_pkey DO NOTHING;

-- name: put_doctor
-- What makes a doctor one; of somebody who was a doctor before, what is said anew is changed.
INSERT INTO doctors (id, specialization, license_number, years_experience)
VALUES (:id, :specialization, :license_number, :years_experience)
ON CONFLICT ON CONSTRAINT doctors_pkey DO UPDATE
   SET specialization = coalesce(EXCLUDED.specialization, doctors.specialization),
       license_number = coalesce(EXCLUDED.license_number, doctors.license_number),
       years_experience = coalesce(EXCLUDED.years_experience, doctors.years_experience);

-- name: put_staff
-- Where somebody works, and as what.
INSERT INTO staff (id, facility_id, role, duty) VALUES (:id, :facility_id, :role, :duty)
ON CONFLICT ON CONSTRAINT staff_pkey DO UPDATE
   SET facility_id = EXCLUDED.facility_id, role = EXCLUDED.role, duty = EXCLUDED.duty;

-- name: remove_staff
-- Somebody works at no desk any more.
DELETE FROM staff WHERE id = :id;

-- name: lock_admins
-- Everybody who may administer the platform, locked in one order: of two who take that from each other, one is first.
SELECT id FROM users
 WHERE role = 'admin' AND disabled_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: lock_person
-- A person, locked: what was judged before must still be so.
SELECT u.role, (SELECT st.role FROM staff st WHERE st.id = u.id) AS staff_role, u.pseudonymised_at
  FROM users u
 WHERE u.id = :user_id
   FOR UPDATE;

-- name: set_role
-- Another role.
UPDATE users SET role = :role WHERE id = :user_id;

-- name: disable
-- From now on the account may not sign in.
UPDATE users SET disabled_at = :now WHERE id = :user_id AND disabled_at IS NULL;

-- name: enable
-- The account may sign in again.
UPDATE users SET disabled_at = NULL WHERE id = :user_id;

-- name: end_links
-- Links that were not used yet end.
DELETE FROM activation_links WHERE user_id = :user_id AND used_at IS NULL;

-- name: renew_link
-- A new one-use link for a person, whose earlier ones end; no row for who is disabled or has no address.
WITH account AS (
  SELECT id, CASE WHEN password IS NULL THEN 'activate' ELSE 'reset' END AS purpose
    FROM users
   WHERE id = :user_id AND disabled_at IS NULL AND email IS NOT NULL
), ended AS (
  UPDATE activation_links SET expires_at = :now
   WHERE user_id IN (SELECT id FROM account) AND used_at IS NULL AND expires_at > :now
)
INSERT INTO activation_links (hash, user_id, purpose, expires_at)
SELECT :hash, id, purpose, :expires_at FROM account
RETURNING purpose;

-- name: find_password
-- The password hash of one's own account, to be checked before it is changed.
SELECT password FROM users WHERE id = :user_id AND disabled_at IS NULL;

-- name: set_password
-- Replaces the password hash.
UPDATE users SET password = :password WHERE id = :user_id;
