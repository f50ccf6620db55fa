-- name: intervals
-- How long each part of a call took, in seconds, by priority and over all (null): of the calls that were received in a
-- range, with the unit that counts for each. Which two times make an interval is in `hub.dispatch.report`.
WITH unit AS (
    SELECT r.id, r.priority, coalesce(r.scheduled_for, r.requested_at) AS due_at, a.*
      FROM ambulance_requests r
     CROSS JOIN LATERAL (
           SELECT a.offered_at, a.en_route_at, a.on_scene_at, a.transporting_at, a.at_destination_at
             FROM assignments a
            WHERE a.request_id = r.id AND a.status NOT IN ('offered', 'declined', 'expired')
            ORDER BY a.on_scene_at NULLS LAST, a.accepted_at NULLS LAST, a.offered_at LIMIT 1) AS a
     WHERE r.requested_at >= :since AND r.requested_at < :until AND r.status <> 'duplicate'
       AND (:facility_id::uuid IS NULL OR r.destination_facility_id = :facility_id)
), taken AS (
    SELECT unit.priority, part.name, extract(epoch FROM greatest(part.until - part.since, interval '0'))::float8 AS seconds
      FROM unit
     CROSS JOIN LATERAL (VALUES
           ('response', due_at, on_scene_at),
           ('chute', offered_at, en_route_at),
           ('travel', en_route_at, on_scene_at),
           ('scene', on_scene_at, transporting_at),
           ('transport', transporting_at, at_destination_at),
           ('call_to_arrival', due_at, at_destination_at)) AS part (name, since, until)
     WHERE part.since IS NOT NULL AND part.until IS NOT NULL
)
SELECT priority, name, count(*) AS n, avg(seconds) AS mean_s,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50_s,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90_s
  FROM taken
 GROUP BY GROUPING SETS ((priority, name), (name))
 ORDER BY priority NULLS FIRST, name;

-- name: counts
-- How many calls there were of each priority, and what became of them. Late: no unit was there by the target, although
-- the call was not cancelled.
SELECT r.priority, count(*) AS received,
       count(*) FILTER (WHERE r.status = 'completed') AS completed,
       count(*) FILTER (WHERE r.status = 'cancelled') AS cancelled,
       count(*) FILTER (WHERE r.status = 'duplicate') AS duplicates,
       count(*) FILTER (WHERE r.status NOT IN ('completed', 'cancelled', 'duplicate')) AS still_open,
       count(*) FILTER (WHERE a.no_transport) AS without_transport,
       count(*) FILTER (WHERE a.units > 1) AS with_several_units,
       count(*) FILTER (WHERE a.has_skipped) AS with_skipped_stages,
       count(*) FILTER (WHERE r.back_entered) AS from_paper,
       count(*) FILTER (WHERE judged.seconds IS NOT NULL) AS judged,
       count(*) FILTER (WHERE judged.seconds > (:targets_s::float8[])[r.priority]) AS late
  FROM ambulance_requests r
  LEFT JOIN LATERAL (
       SELECT min(a.on_scene_at) AS on_scene_at, bool_or(a.no_transport) AS no_transport,
              count(*) FILTER (WHERE a.accepted_at IS NOT NULL) AS units, bool_or(a.skipped <> '{}') AS has_skipped
         FROM assignments a WHERE a.request_id = r.id) AS a ON true
 CROSS JOIN LATERAL (
       SELECT CASE WHEN r.status IN ('cancelled', 'duplicate') AND a.on_scene_at IS NULL THEN NULL
                   WHEN a.on_scene_at IS NOT NULL THEN extract(epoch FROM a.on_scene_at - due.at)
                   WHEN r.status = 'completed' THEN NULL
                   WHEN :now::timestamptz - due.at > make_interval(secs => (:targets_s::float8[])[r.priority])
                   THEN extract(epoch FROM :now - due.at) END::float8 AS seconds
         FROM (SELECT coalesce(r.scheduled_for, r.requested_at)) AS due (at)) AS judged
 WHERE r.requested_at >= :since AND r.requested_at < :until
   AND (:facility_id::uuid IS NULL OR r.destination_facility_id = :facility_id)
 GROUP BY r.priority
 ORDER BY r.priority;

-- name: lines
-- A page of the calls of a range, one line each, with the times of the unit that counts for it: the first at the scene.
SELECT r.id, r.requested_at, r.priority, r.status, r.source, r.scheduled_for, v.plate_number, a.offered_at,
       a.accepted_at, a.en_route_at, a.on_scene_at, a.transporting_at, a.at_destination_at, a.cleared_at,
       coalesce(a.cancelled_at, CASE WHEN r.status = 'cancelled' THEN r.closed_at END) AS cancelled_at,
       a.no_transport, a.skipped, r.back_entered,
       (SELECT count(*) FROM assignments o WHERE o.request_id = r.id AND o.accepted_at IS NOT NULL) AS units,
       f.name AS destination_facility, r.destination, r.complaint, r.cancel_reason
  FROM ambulance_requests r
  LEFT JOIN LATERAL (
       SELECT a.*
         FROM assignments a
        WHERE a.request_id = r.id AND a.status NOT IN ('offered', 'declined', 'expired')
        ORDER BY a.on_scene_at NULLS LAST, a.accepted_at NULLS LAST, a.offered_at LIMIT 1) AS a ON true
  LEFT JOIN ambulances v ON v.id = a.ambulance_id
  LEFT JOIN facilities f ON f.id = r.destination_facility_id
 WHERE r.requested_at >= :since AND r.requested_at < :until
   AND (r.requested_at, r.id) > (:after_requested_at::timestamptz, :after_id::uuid)
   AND (:facility_id::uuid IS NULL OR r.destination_facility_id = :facility_id)
 ORDER BY r.requested_at, r.id
 LIMIT :rows_max;
