-- name: list_logs
-- The logs of a session with their high-water marks, and of plain inserts the joints whose repetitions somebody stated.
SELECT s.id, s.joints, s.last_seq, s.kind = 'sql' AS is_plain,
       ARRAY(SELECT DISTINCT r.joint FROM motion_repetitions r
              WHERE r.stream_id = s.id AND r.source = 'stated') AS stated
  FROM streams s
 WHERE s.physio_session_id = :session_id AND s.kind IN ('motion', 'sql') AND s.last_seq > 0
 ORDER BY s.id;

-- name: read_block
-- The next frames of a log up to a sample: as many as begin within so many angles. One row comes back, a value for each
-- column: its numbers in binary form, one after the other. The elements of an array follow a head of 20 bytes, each
-- behind its length in 4.
SELECT count(*) AS rows,
       string_agg(int8send(seq), '' ORDER BY seq) AS seq,
       string_agg(timestamptz_send(received_at), '' ORDER BY seq) AS received_at,
       string_agg(timestamptz_send(started_at), '' ORDER BY seq) AS started_at,
       string_agg(int4send(interval_us), '' ORDER BY seq) AS interval_us,
       string_agg(int4send(cardinality(offsets_us)), '' ORDER BY seq) AS offsets,
       string_agg(int4send(length), '' ORDER BY seq) AS values,
       string_agg(substring(array_send(offsets_us) FROM 21), '' ORDER BY seq) AS offset_us,
       string_agg(substring(array_send(angles) FROM 21), '' ORDER BY seq) AS angle
  FROM (SELECT frame.*, sum(length) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - length AS before
          FROM (SELECT seq, received_at, started_at, interval_us, offsets_us, angles, cardinality(angles) AS length
                  FROM motion_frames
                 WHERE stream_id = :stream_id AND seq > :after_seq AND seq <= :last_seq
                 ORDER BY seq
                 LIMIT :rows_max) AS frame) AS page
 WHERE before < :values_max;

-- name: forget_counted
-- The counted repetitions of some logs, before they are written anew.
DELETE FROM motion_repetitions WHERE stream_id = ANY (:stream_ids::bigint[]) AND source = 'counted';

-- name: keep_marks
-- Up to where logs are counted from what is stored.
INSERT INTO motion_counters AS c (stream_id, final_seq)
SELECT * FROM unnest(:stream_ids::bigint[], :final_seqs::bigint[])
    ON CONFLICT (stream_id) DO UPDATE SET final_seq = excluded.final_seq;

-- name: keep_counted_at
-- When a session was counted from all that is stored; whoever watches it reads it again.
UPDATE physio_sessions SET counted_at = clock_timestamp() WHERE id = :session_id;

-- name: tell
-- Tells every hub that a session is counted.
SELECT pg_notify('arogya', 'physio:' || :session_id::uuid);

-- name: list_uncounted
-- The sessions that ended and are not counted from what is stored, the oldest first.
SELECT id
  FROM physio_sessions
 WHERE ended_at <= :before AND counted_at IS NULL AND status IN ('completed', 'cancelled')
 ORDER BY ended_at
 LIMIT :rows_max;

-- name: list_late
-- The sessions of which something came after they were counted.
SELECT p.id
  FROM physio_sessions p
 WHERE p.ended_at >= :since AND p.counted_at <= :counted_before AND p.status IN ('completed', 'cancelled')
   AND EXISTS (
       SELECT FROM streams s
         LEFT JOIN motion_counters c ON c.stream_id = s.id
        WHERE s.physio_session_id = p.id AND s.last_seq > coalesce(c.final_seq, 0))
 ORDER BY p.ended_at
 LIMIT :rows_max;
