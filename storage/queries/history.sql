-- name: read_fixes
-- The next fixes of an ambulance by time, and all that share the time of the last. One row comes back, a value for each
-- column: its numbers in binary form, one after the other, which costs a third of a row each. A fix is never received
-- before it was taken, so `received_at > after` loses nothing and spares the partitions before.
SELECT count(*) AS rows,
       string_agg(timestamptz_send(fix_at), '') AS fix_at,
       string_agg(float8send(latitude), '') AS latitude,
       string_agg(float8send(longitude), '') AS longitude,
       string_agg(float4send(speed), '') AS speed,
       string_agg(int4send(flags), '') AS flags
  FROM (SELECT fix_at, latitude, longitude, speed, flags
          FROM ambulance_positions
         WHERE ambulance_id = :ambulance_id AND received_at > :after AND fix_at > :after AND fix_at < :until
         ORDER BY fix_at
         FETCH FIRST :rows_max ROWS WITH TIES) AS page;

-- name: read_records
-- The same with every column, and where `hidden` is not null only the fixes that have one of the flags, or have none.
SELECT count(*) AS rows,
       string_agg(timestamptz_send(fix_at), '') AS fix_at,
       string_agg(timestamptz_send(recorded_at), '') AS recorded_at,
       string_agg(timestamptz_send(received_at), '') AS received_at,
       string_agg(float8send(latitude), '') AS latitude,
       string_agg(float8send(longitude), '') AS longitude,
       string_agg(float4send(speed), '') AS speed,
       string_agg(float4send(heading), '') AS heading,
       string_agg(float4send(accuracy), '') AS accuracy,
       string_agg(float4send(altitude), '') AS altitude,
       string_agg(int4send(flags), '') AS flags,
       string_agg(int8send(stream_id), '') AS stream_id,
       string_agg(int8send(seq), '') AS seq
  FROM (SELECT *
          FROM ambulance_positions
         WHERE ambulance_id = :ambulance_id AND received_at > :after AND fix_at > :after AND fix_at < :until
           AND (:hidden::boolean IS NULL OR (flags & :hidden_flags::int <> 0) = :hidden)
         ORDER BY fix_at
         FETCH FIRST :rows_max ROWS WITH TIES) AS page;

-- name: read_active
-- The ambulances with a sound fix in [since, until), and the last one of each before, if it was taken after `earliest`.
SELECT a.id AS ambulance_id, before.fix_at, before.latitude, before.longitude
  FROM ambulances a
  LEFT JOIN LATERAL (SELECT p.fix_at, p.latitude, p.longitude
                       FROM ambulance_positions p
                      WHERE p.ambulance_id = a.id AND p.received_at > :earliest
                        AND p.fix_at > :earliest AND p.fix_at < :since
                        AND p.flags & :hidden_flags::int = 0
                      ORDER BY p.fix_at DESC
                      LIMIT 1) AS before ON true
 WHERE before.fix_at IS NOT NULL
    OR EXISTS (SELECT 1
                 FROM ambulance_positions p
                WHERE p.ambulance_id = a.id AND p.received_at >= :since AND p.fix_at >= :since AND p.fix_at < :until
                  AND p.flags & :hidden_flags::int = 0)
 ORDER BY a.id;

-- name: read_places
-- Every sound fix of some ambulances in [since, until) that was received from `received_from` on, in columns.
SELECT count(*) AS rows,
       string_agg(int8send(p.ambulance_id), '') AS ambulance_id,
       string_agg(timestamptz_send(p.fix_at), '') AS fix_at,
       string_agg(float8send(p.latitude), '') AS latitude,
       string_agg(float8send(p.longitude), '') AS longitude
  FROM unnest(:ambulance_ids::bigint[]) AS wanted (id)
 CROSS JOIN LATERAL (SELECT ambulance_id, fix_at, latitude, longitude
                       FROM ambulance_positions
                      WHERE ambulance_id = wanted.id AND received_at >= :received_from
                        AND fix_at >= :since AND fix_at < :until
                        AND flags & :hidden_flags::int = 0) AS p;

-- name: read_last_of_steps
-- The last sound fix of each step of [since, until) of some ambulances, received before `received_until`, in columns.
-- A look into the index for each step: what it costs depends on the answer and not on how many fixes were stored.
SELECT count(*) AS rows,
       string_agg(int8send(p.ambulance_id), '') AS ambulance_id,
       string_agg(timestamptz_send(p.fix_at), '') AS fix_at,
       string_agg(float8send(p.latitude), '') AS latitude,
       string_agg(float8send(p.longitude), '') AS longitude
  FROM unnest(:ambulance_ids::bigint[]) AS wanted (id)
 CROSS JOIN generate_series(:since::timestamptz, :until::timestamptz - interval '1 microsecond', :step::interval)
            AS step (begin)
 CROSS JOIN LATERAL (SELECT ambulance_id, fix_at, latitude, longitude
                       FROM ambulance_positions
                      WHERE ambulance_id = wanted.id
                        AND received_at >= :since AND received_at < :received_until
                        AND fix_at >= step.begin AND fix_at < least(step.begin + :step, :until)
                        AND flags & :hidden_flags::int = 0
                      ORDER BY fix_at DESC
                      LIMIT 1) AS p;
