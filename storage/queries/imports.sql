-- name: taken_emails
-- Which of these addresses have an account.
SELECT lower(email::text) AS taken FROM users WHERE email = ANY (:wanted::citext[]);

-- name: taken_licenses
-- Which of these licence numbers a doctor has.
SELECT license_number AS taken FROM doctors WHERE license_number = ANY (:wanted::text[]);

-- name: new_ambulance_ids
-- Ids for so many new ambulances.
SELECT nextval('ambulances_id_seq') AS id FROM generate_series(1, :count::int);

-- name: taken_plates
-- Which of these plates are on an ambulance.
SELECT plate_number AS taken FROM ambulances WHERE plate_number = ANY (:wanted::text[]);

-- name: facilities_by_name
-- The facilities of these names; two may have the same.
SELECT id, name FROM facilities WHERE name = ANY (:wanted::text[]);
