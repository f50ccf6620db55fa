-- name: find_user
-- Whether a demonstration's login exists.
SELECT id FROM users WHERE email = :email;

-- name: ensure_facility
-- Finds a facility by its name, or makes it.
WITH found AS (
    SELECT id FROM facilities WHERE name = :name::text
), made AS (
    INSERT INTO facilities (name, address, type, location)
    SELECT :name::text, :address::text, :type::text, point(:longitude::float8, :latitude::float8)
     WHERE NOT EXISTS (SELECT FROM found)
    RETURNING id
)
SELECT id FROM found UNION ALL SELECT id FROM made LIMIT 1;

-- name: insert_user
-- A login; no row when the address is taken, which keeps a password that was changed.
INSERT INTO users (name, email, role, password)
VALUES (:name, :email, :role, :password)
ON CONFLICT ON CONSTRAINT users_email_key DO NOTHING
RETURNING id;

-- name: insert_patient
-- The patient's own row of a login; one who is described nowhere was born on some day.
INSERT INTO patients (id, date_of_birth)
VALUES (:id, date '1950-01-01' + abs(hashtext((:id::uuid)::text)) % 18000);

-- name: insert_doctor
-- The doctor's own row of a login, and where the doctor works.
WITH doctor AS (
    INSERT INTO doctors (id, specialization, license_number, years_experience)
    VALUES (:id, 'physiotherapy', 'DEMO-1', 12)
    RETURNING id
)
INSERT INTO doctor_facilities (doctor_id, facility_id) SELECT id, :facility_id::uuid FROM doctor;

-- name: insert_staff
-- The staff row of a login.
INSERT INTO staff (id, facility_id, role, duty) VALUES (:id, :facility_id, :role, :duty);

-- name: ensure_ambulance
-- Finds an ambulance by its plate, or makes it; its base is where it stands when idle.
WITH made AS (
    INSERT INTO ambulances (plate_number, driver_name, capability, base_location)
    VALUES (:plate_number, :driver_name, :capability, point(:longitude::float8, :latitude::float8))
    ON CONFLICT ON CONSTRAINT ambulances_plate_number_key DO NOTHING
    RETURNING id
)
SELECT id FROM made UNION ALL SELECT id FROM ambulances WHERE plate_number = :plate_number LIMIT 1;

-- name: give_tablet
-- Makes the ambulance's tablet when it has none, and adds a secret to it.
WITH found AS (
    SELECT id FROM devices WHERE ambulance_id = :ambulance_id::bigint AND name = :name::text AND revoked_at IS NULL
), made AS (
    INSERT INTO devices (kind, name, ambulance_id)
    SELECT 'tablet', :name::text, :ambulance_id::bigint
     WHERE NOT EXISTS (SELECT FROM found)
    RETURNING id
)
INSERT INTO device_secrets (hash, device_id)
SELECT :hash::bytea, id FROM (SELECT id FROM found UNION ALL SELECT id FROM made LIMIT 1) AS tablet;
