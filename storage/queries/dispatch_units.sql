-- name: lock
-- Ambulances by id, locked in that order, after calls and assignments.
SELECT id, plate_number, status FROM ambulances WHERE id = ANY (:ids::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: set_status
-- What an ambulance is doing.
UPDATE ambulances SET status = :status WHERE id = :id AND status <> :status;

-- name: set_presence
-- A free ambulance falls silent, or is heard again; one with an assignment or out of service stays what it is.
UPDATE ambulances u SET status = :wanted
 WHERE u.id = :id AND u.status = :present
   AND NOT EXISTS (
       SELECT FROM assignments a
        WHERE a.ambulance_id = u.id
          AND a.status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination'));
