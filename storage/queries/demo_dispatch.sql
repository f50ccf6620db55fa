-- name: is_seeded
-- Whether the gazetteer has anything: then the demonstration's city is there, or somebody works with the database.
SELECT EXISTS (SELECT FROM places) AS seeded;

-- name: insert_places
-- The places that callers name.
INSERT INTO places (name, kind, address, location)
SELECT name, kind, address, point(longitude, latitude)
  FROM unnest(:names::text[], :kinds::text[], :addresses::text[], :longitudes::float8[], :latitudes::float8[])
       AS t (name, kind, address, longitude, latitude)
ON CONFLICT ON CONSTRAINT places_once DO NOTHING;

-- name: set_bases
-- Where ambulances wait.
UPDATE ambulances a
   SET base_location = point(t.longitude, t.latitude)
  FROM unnest(:plates::text[], :longitudes::float8[], :latitudes::float8[]) AS t (plate, longitude, latitude)
 WHERE a.plate_number = t.plate;

-- name: ensure_caller
-- The login that puts calls through, with a new password.
WITH login AS (
    INSERT INTO users (name, email, role, password) VALUES (:name, :email, 'staff', :password)
    ON CONFLICT ON CONSTRAINT users_email_key DO UPDATE SET password = excluded.password
    RETURNING id
)
INSERT INTO staff (id, facility_id, role, duty)
SELECT login.id, f.id, 'receptionist', 'dispatcher' FROM login, facilities f WHERE f.name = :facility
ON CONFLICT ON CONSTRAINT staff_pkey DO NOTHING;

-- name: find_patients
-- The patients with these logins.
SELECT p.id FROM patients p JOIN users u ON u.id = p.id WHERE u.email = ANY (:emails::text[]) ORDER BY u.email;

-- name: hush_requests
-- Nobody is told of requests that were over long ago.
ALTER TABLE ambulance_requests DISABLE TRIGGER tell_dispatch;

-- name: hush_assignments
-- Nor of their assignments.
ALTER TABLE assignments DISABLE TRIGGER tell_dispatch, DISABLE TRIGGER notify_hub;

-- name: tell_requests
-- What happens from now on is told.
ALTER TABLE ambulance_requests ENABLE TRIGGER tell_dispatch;

-- name: tell_assignments
-- What happens from now on is told.
ALTER TABLE assignments ENABLE TRIGGER tell_dispatch, ENABLE TRIGGER notify_hub;

-- name: insert_past
-- Calls that are over, each with the one assignment that served it and the events of that, as if from paper.
WITH told AS (
    SELECT gen_random_uuid() AS request_id, gen_random_uuid() AS assignment_id, t.*
      FROM unnest(:plates::text[], :facilities::text[], :priorities::int[], :complaints::text[], :notes::text[],
                  :longitudes::float8[], :latitudes::float8[], :requested::timestamptz[], :offered::timestamptz[],
                  :accepted::timestamptz[], :en_route::timestamptz[], :on_scene::timestamptz[],
                  :transporting::timestamptz[], :at_destination::timestamptz[], :cleared::timestamptz[])
           AS t (plate, facility, priority, complaint, note, longitude, latitude, requested_at, offered_at, accepted_at,
                 en_route_at, on_scene_at, transporting_at, at_destination_at, cleared_at)
), request AS (
    INSERT INTO ambulance_requests (id, ambulance_id, pickup_location, destination_facility_id, requested_at, status,
                                    priority, complaint, location_note, source, closed_at, back_entered)
    SELECT told.request_id, a.id, point(told.longitude, told.latitude), f.id, told.requested_at, 'completed',
           told.priority, told.complaint, told.note, 'phone', told.cleared_at, true
      FROM told
      JOIN ambulances a ON a.plate_number = told.plate
      LEFT JOIN facilities f ON f.name = told.facility
    RETURNING id, ambulance_id
), assignment AS (
    INSERT INTO assignments (id, request_id, ambulance_id, status, offered_at, accepted_at, en_route_at, on_scene_at,
                             transporting_at, at_destination_at, cleared_at, no_transport)
    SELECT told.assignment_id, request.id, request.ambulance_id, 'cleared', told.offered_at, told.accepted_at,
           told.en_route_at, told.on_scene_at, told.transporting_at, told.at_destination_at, told.cleared_at,
           told.transporting_at IS NULL
      FROM told JOIN request ON request.id = told.request_id
    RETURNING id
)
INSERT INTO assignment_events (assignment_id, status, at, received_at, source)
SELECT told.assignment_id, reached.status, reached.at, reached.at, 'paper'
  FROM told
  JOIN assignment ON assignment.id = told.assignment_id,
       LATERAL (VALUES ('offered', told.offered_at), ('accepted', told.accepted_at), ('en_route', told.en_route_at),
                       ('on_scene', told.on_scene_at), ('transporting', told.transporting_at),
                       ('at_destination', told.at_destination_at), ('cleared', told.cleared_at)) AS reached (status, at)
 WHERE reached.at IS NOT NULL;
