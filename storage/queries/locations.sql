-- name: follow
-- Move the locations that are older; rows that somebody holds are passed over, so that nobody waits for a marker.
-- Returned are the rows that were free: those that were locked are tried again.
-- The arrays meet the table by its key only: joined with the locked rows instead, the work grew with their square.
WITH free AS MATERIALIZED (
    SELECT a.id, g.longitude, g.latitude, g.fix_at, g.speed, g.heading, g.accuracy
      FROM unnest(:ids::bigint[], :longitudes::float8[], :latitudes::float8[], :fix_at::timestamptz[],
                  :speeds::real[], :headings::real[], :accuracies::real[])
           AS g (id, longitude, latitude, fix_at, speed, heading, accuracy)
      JOIN ambulances AS a ON a.id = g.id
     ORDER BY a.id
       FOR UPDATE OF a SKIP LOCKED
), moved AS (
    UPDATE ambulances AS a
       SET current_location = point(free.longitude, free.latitude), location_fix_at = free.fix_at,
           location_speed = free.speed, location_heading = free.heading, location_accuracy = free.accuracy
      FROM free
     WHERE a.id = free.id AND (a.location_fix_at IS NULL OR a.location_fix_at < free.fix_at)
)
SELECT id FROM free;

-- name: read_fleet
-- Ambulances (:ids null: all of them), each with the call that it has been offered or has, and its newest fix that may
-- be shown: the row's own, or a stored fix that it has not followed yet: then it is behind.
SELECT a.id AS ambulance_id, a.plate_number, a.driver_name, a.status, a.capability,
       s.request_id, s.status AS stage, r.priority, s.eta_at,
       COALESCE(p.latitude, a.current_location[1]) AS latitude,
       COALESCE(p.longitude, a.current_location[0]) AS longitude,
       CASE WHEN p.fix_at IS NULL THEN a.location_speed ELSE p.speed END AS speed,
       CASE WHEN p.fix_at IS NULL THEN a.location_heading ELSE p.heading END AS heading,
       CASE WHEN p.fix_at IS NULL THEN a.location_accuracy ELSE p.accuracy END AS accuracy,
       COALESCE(p.fix_at, a.location_fix_at) AS fix_at, p.fix_at IS NOT NULL AS behind
  FROM ambulances AS a
  LEFT JOIN assignments AS s
    ON s.ambulance_id = a.id
   AND s.status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')
  LEFT JOIN ambulance_requests AS r ON r.id = s.request_id
  LEFT JOIN LATERAL (
       SELECT latitude, longitude, speed, heading, accuracy, fix_at
         FROM ambulance_positions
        WHERE ambulance_id = a.id AND received_at > now() - interval '1 day'
          AND fix_at > COALESCE(a.location_fix_at, '-infinity') AND flags & :hidden_flags::integer = 0
        ORDER BY fix_at DESC LIMIT 1
       ) AS p ON true
 WHERE :ids::bigint[] IS NULL OR a.id = ANY (:ids)
 ORDER BY a.id;

-- name: read_moved
-- The locations that were written since a question before, which returned :since as its mark; null: all of them.
-- A mark is the oldest transaction that was open then: what it and younger ones wrote may not have been seen. No clock
-- and no index is asked, and the row needs no column for it. There is always a row, so that there is a mark.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS mark, a.id AS ambulance_id,
       a.current_location[1] AS latitude, a.current_location[0] AS longitude,
       a.location_speed AS speed, a.location_heading AS heading, a.location_accuracy AS accuracy,
       a.location_fix_at AS fix_at
  FROM (SELECT) AS one
  LEFT JOIN ambulances AS a
    ON a.current_location IS NOT NULL AND (:since::text IS NULL OR age(a.xmin) <= age(:since::xid8::xid));
