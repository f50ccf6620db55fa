-- name: units
-- Every ambulance as the choice sees it, with the tablets that can take an offer.
SELECT a.id, a.plate_number, a.capability, a.status,
       a.base_location[1] AS base_latitude, a.base_location[0] AS base_longitude,
       COALESCE(t.ids, '{}') AS tablet_ids
  FROM ambulances a
  LEFT JOIN (SELECT ambulance_id, array_agg(id) AS ids
               FROM devices
              WHERE kind = 'tablet' AND protocol = 'hub' AND revoked_at IS NULL AND ambulance_id IS NOT NULL
              GROUP BY ambulance_id) t
    ON t.ambulance_id = a.id
 ORDER BY a.id;

-- name: open_requests
-- The open requests, most urgent and oldest first.
SELECT r.id, r.status, r.priority, r.needs, r.requested_at, r.scheduled_for, r.unserved_since, r.is_verified,
       r.ambulance_id, r.pickup_location[1] AS latitude, r.pickup_location[0] AS longitude,
       (COALESCE(r.destination_location, f.location))[1] AS destination_latitude,
       (COALESCE(r.destination_location, f.location))[0] AS destination_longitude
  FROM ambulance_requests r
  LEFT JOIN facilities f ON f.id = r.destination_facility_id
 WHERE r.status NOT IN ('completed', 'cancelled', 'duplicate')
 ORDER BY r.priority, r.requested_at, r.id;

-- name: assignments_of_open
-- Everybody who was asked to take an open request, in the order of the offers.
SELECT a.id, a.request_id, a.ambulance_id, a.status, a.offered_at, a.offer_expires_at, a.offered_by,
       a.delivered_at, a.seen_at, a.re_alerted_at, a.accepted_at, a.moved_at, a.en_route_at,
       a.scene_noticed_at, a.on_scene_at, a.left_noticed_at, a.transporting_at,
       a.destination_noticed_at, a.at_destination_at, a.declined_at, a.expired_at, a.cancelled_at, a.diverted_at,
       a.decline_reason, a.cancel_reason, a.eta_at, a.promised_at
  FROM assignments a
  JOIN ambulance_requests r ON r.id = a.request_id
 WHERE r.status NOT IN ('completed', 'cancelled', 'duplicate')
 ORDER BY a.offered_at, a.id;

-- name: signs_of_life
-- Of these ambulances, the ones that sent something since a moment: a stored fix, or one that could not be stored.
SELECT a.id
  FROM unnest(:ids::bigint[]) AS a (id)
 WHERE EXISTS (SELECT FROM ambulance_positions p
                WHERE p.ambulance_id = a.id AND p.fix_at > :since AND p.received_at > :since)
    OR EXISTS (SELECT FROM dead_letters l
                 JOIN streams s ON s.id = l.stream_id
                WHERE s.ambulance_id = a.id AND l.received_at > :since);

-- name: demand
-- From where calls came since a moment: how many from each cell of 0.01 degrees, some 1 km, the busiest first.
SELECT floor(pickup_location[1] * 100) / 100 + 0.005 AS latitude,
       floor(pickup_location[0] * 100) / 100 + 0.005 AS longitude,
       count(*) AS calls, min(requested_at) AS first_at
  FROM ambulance_requests
 WHERE requested_at > :since AND pickup_location IS NOT NULL AND status <> 'duplicate'
 GROUP BY 1, 2
 ORDER BY calls DESC, latitude, longitude
 LIMIT :cells_max;

-- name: posts
-- Where ambulances wait: the stations of the gazetteer, and the bases of ambulances that stand at none of these.
SELECT name, location[1] AS latitude, location[0] AS longitude
  FROM places
 WHERE kind = 'station'
 UNION
SELECT 'the base of ' || min(a.plate_number), a.base_location[1], a.base_location[0]
  FROM ambulances a
 WHERE a.base_location IS NOT NULL
   AND NOT EXISTS (SELECT FROM places p WHERE p.kind = 'station' AND p.location <-> a.base_location < 0.002)
 GROUP BY a.base_location[1], a.base_location[0]
 ORDER BY name
 LIMIT :posts_max;
